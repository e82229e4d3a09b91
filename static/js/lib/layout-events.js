// Dialogs and toasts are opened by events, so that a script needs no reference to them.

/** Ask for confirmation: `{title, text, more, verb, cancelText, isHarmless}`; resolve to whether the user confirmed. */
export const confirm = (question) => openDialog("confirm", question);

/** Ask what to do about someone else's change; resolve to "mine", "theirs" or "edit". */
export const askConflict = (question) => openDialog("conflict", question);

/** Open the dialog that listens for `event`; resolve to its result. */
export const openDialog = (event, question = {}) =>
  new Promise((resolve) => {
    document.dispatchEvent(new CustomEvent(event, { detail: { ...question, resolve } }));
  });

/** Show a toast. With `undo`, of spike-changes.js, it offers to undo what it says. */
export function toast(text, undo = null) {
  document.dispatchEvent(new CustomEvent("toast", { detail: { text, undo } }));
}
