// The confirmation dialog. With `isHarmless`, its button is not red.

export const confirmation = () => ({
  title: "",
  text: "",
  more: "",
  verb: "Delete",
  cancelText: "Cancel",
  isHarmless: false,
  resolve: null,

  init() {
    this.listener = (event) => this.ask(event.detail);
    document.addEventListener("confirm", this.listener);
  },

  destroy() {
    document.removeEventListener("confirm", this.listener);
  },

  ask({ title, text = "", more = "", verb = "Delete", cancelText = "Cancel", isHarmless = false, resolve }) {
    Object.assign(this, { title, text, more, verb, cancelText, isHarmless, resolve });
    this.$refs.dialog.showModal();
  },

  accept() {
    this.close(true);
  },

  cancel() {
    this.close(false);
  },

  close(answer) {
    this.$refs.dialog.close();
    this.resolve?.(answer);
    this.resolve = null;
  },
});
