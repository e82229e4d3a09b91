// Confirming an action without interrupting.

/** Show a toast; with `undo`, it offers a button that calls it. */
export function toast(text, undo = null) {
  document.dispatchEvent(new CustomEvent("toast", { detail: { text, undo } }));
}
