// Opening the dialogs of the layout. The dialogs return the focus when they close.

/** Ask for confirmation: `{title, text, more, verb, cancelText, isHarmless}`; resolve to whether the user confirmed. */
export const confirm = (question) => ask("confirm", question);

/** Ask what to do about someone else's change; resolve to "mine", "theirs" or "edit". */
export const askConflict = (question) => ask("conflict", question);

const ask = (event, question) =>
  new Promise((resolve) => {
    document.dispatchEvent(new CustomEvent(event, { detail: { ...question, resolve } }));
  });
