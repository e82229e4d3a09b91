// Short confirmations at the bottom left. Each stays for six seconds, and longer while the pointer or focus is on it.

const VISIBLE_MS = 6000;
let number = 0;

export const toasts = () => ({
  shown: [],

  init() {
    this.listener = (event) => this.show(event.detail);
    document.addEventListener("toast", this.listener);
    const stored = sessionStorage.getItem("toast");
    if (stored) {
      sessionStorage.removeItem("toast");
      this.show(JSON.parse(stored));
    }
  },

  destroy() {
    document.removeEventListener("toast", this.listener);
  },

  show({ text, undo = null, href = "" }) {
    const toast = { id: ++number, text, href, undo, canUndo: Boolean(undo) };
    this.shown.push(toast);
    this.leaveLater(toast.id);
  },

  leaveLater(id) {
    setTimeout(() => {
      if (this.$root.matches(":hover, :focus-within")) this.leaveLater(id);
      else this.dismiss(id);
    }, VISIBLE_MS);
  },

  dismiss(id) {
    this.shown = this.shown.filter((toast) => toast.id !== id);
  },

  async undo(id) {
    const toast = this.shown.find((each) => each.id === id);
    this.dismiss(id);
    await toast?.undo();
  },
});

/** Show a toast on the next page; `href` links to its subject. */
export const toastOnNextPage = (text, href = "") => sessionStorage.setItem("toast", JSON.stringify({ text, href }));
