// Short confirmations at the bottom left; each stays for six seconds, longer while it is looked at.

const STAYS = 6000;
let number = 0;

export const toasts = () => ({
  shown: [],

  init() {
    this.listener = (event) => this.show(event.detail);
    document.addEventListener("toast", this.listener);
    const kept = sessionStorage.getItem("toast");
    if (kept) {
      sessionStorage.removeItem("toast");
      this.show(JSON.parse(kept));
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
    }, STAYS);
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

/** Show a toast on the page that is opened next; with `href`, it leads to what it speaks of. */
export const toastOnNextPage = (text, href = "") => sessionStorage.setItem("toast", JSON.stringify({ text, href }));
