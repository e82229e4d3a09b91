// The mixin of dialogs that open when an event is dispatched (`openDialog` in layout-events.js).

/**
 * Open and close a `<dialog x-ref="dialog">`. The component has `ask(question)`, which sets its state from the
 * question, with `resolve`, and calls `showModal()`.
 */
export const eventDialog = (event) => ({
  resolve: null,

  init() {
    this.listener = ({ detail }) => this.ask(detail);
    document.addEventListener(event, this.listener);
  },

  destroy() {
    document.removeEventListener(event, this.listener);
  },

  /** Close the dialog and resolve the promise of `openDialog`. */
  close(result) {
    const { resolve } = this;
    this.resolve = null;
    if (this.$refs.dialog.open) this.$refs.dialog.close();
    resolve?.(result);
  },
});
