// The mixin of forms in dialogs: open, warn before input is lost, send, show errors.

import { confirm } from "./layout-events.js";
import { eventDialog } from "./event-dialog.js";
import { mix } from "./mix.js";
import { humanize } from "./server-errors.js";
import { requestRefresh } from "./auto-refresh.js";
import { updateIfUnchanged } from "./conditional-update.js";

/**
 * State and actions of a form in a `<dialog x-ref="dialog" @cancel.prevent="requestClose()" @close="onClosed()">`,
 * which opens when `event` is dispatched. The component has a `form` and `ask(question)`, and calls `openWith` and
 * `send`.
 */
export function dialogForm(event) {
  const { init, destroy, ...dialog } = eventDialog(event);
  return mix(dialog, formState(), {
    init() {
      init.call(this);
      this.beforeUnload = (leaving) => {
        if (this.resolve && this.dirty) leaving.preventDefault();
      };
      window.addEventListener("beforeunload", this.beforeUnload);
    },

    destroy() {
      destroy.call(this);
      window.removeEventListener("beforeunload", this.beforeUnload);
    },
  });
}

const formState = () => ({
  form: {},
  initial: "",
  errors: {},
  error: "",
  busy: false,

  openWith(form, resolve) {
    Object.assign(this, { form, initial: JSON.stringify(form), errors: {}, error: "", busy: false, resolve });
    this.$refs.dialog.showModal();
  },

  /** Close without saving; ask before input is discarded. */
  async requestClose() {
    const question = {
      title: "Discard your changes?",
      text: "Your changes will be lost.",
      verb: "Discard",
    };
    if (this.busy || (this.dirty && !(await confirm(question)))) return;
    this.close(null);
  },

  /** Handle that the browser closed the dialog itself, as a second Escape does. */
  onClosed() {
    if (!this.resolve) return;
    this.$refs.dialog.showModal();
    this.requestClose();
  },

  send(action) {
    return this.submit(async () => this.close(await action()));
  },

  /** Save a change; if someone else changed the item, the user decides (see conditional-update.js). */
  saveIfUnchanged(change) {
    return this.submit(async () => {
      const { outcome, answer } = await updateIfUnchanged(change).catch(explainGone);
      if (outcome === "saved") this.close(answer);
      if (outcome !== "theirs") return;
      this.close(null);
      requestRefresh();
    });
  },

  async submit(action) {
    if (this.busy) return;
    Object.assign(this, { busy: true, errors: {}, error: "" });
    try {
      await action();
    } catch (problem) {
      if (!("errors" in problem)) throw problem;
      this.showErrors(firstOfEach(problem.errors), problem.message);
    } finally {
      this.busy = false;
    }
  },

  /** Show errors at their inputs and focus the first; a message without an input is shown above the buttons. */
  showErrors(errors, message = "") {
    this.errors = errors;
    this.$nextTick(() => {
      const invalid = this.$refs.dialog.querySelector('[aria-invalid="true"]');
      if (!invalid) this.error = message;
      invalid?.focus();
    });
  },

  /** Clear the error of an input that is edited. */
  clearError(name) {
    if (this.errors[name]) this.errors = { ...this.errors, [name]: "" };
  },

  getError(name) {
    return this.errors[name] ?? "";
  },

  hasError(name) {
    return this.getError(name) !== "";
  },

  get dirty() {
    return JSON.stringify(this.form) !== this.initial;
  },
});

function explainGone(problem) {
  if (problem.status === 404) problem.message = "It was deleted in the meantime. Nothing was saved.";
  throw problem;
}

const firstOfEach = (errors) =>
  Object.fromEntries(Object.entries(errors).map(([path, messages]) => [path, humanize(messages[0])]));
