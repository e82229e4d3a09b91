// Asking before something is lost: `await confirm({title, text, more, verb})`; where nothing is, `isHarmless`.

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

/** Ask; resolves to whether the person said yes. The dialog returns the focus to where it was. */
export const confirm = (question) =>
  new Promise((resolve) => {
    document.dispatchEvent(new CustomEvent("confirm", { detail: { ...question, resolve } }));
  });
