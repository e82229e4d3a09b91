// Saying that something worked, without getting in the way.

/** Show a toast; `undo` is called where the person takes it back. */
export function toast(text, undo = null) {
  document.dispatchEvent(new CustomEvent("toast", { detail: { text, undo } }));
}
