// What every form in a dialog does: open, ask before input is lost, send, show what is wrong.

import { confirm } from "../components/layout/confirmation.js";
import { humanize } from "./field-rules.js";
import { requestRefresh } from "./auto-refresh.js";
import { updateIfUnchanged } from "./conditional-update.js";

/**
 * State and actions of a form in a `<dialog x-ref="dialog" @cancel.prevent="leave()" @close="closed()">`.
 * The component gives `form`, and calls `openWith` and `send`; call `guard()` in its init.
 */
export const dialogForm = () => ({
  form: {},
  initial: "",
  errors: {},
  error: "",
  busy: false,
  resolve: null,

  warnBeforeUnload() {
    this.beforeUnload = (event) => {
      if (this.resolve && this.dirty) event.preventDefault();
    };
    window.addEventListener("beforeunload", this.beforeUnload);
  },

  openWith(form, resolve) {
    Object.assign(this, { form, initial: JSON.stringify(form), errors: {}, error: "", busy: false, resolve });
    this.$refs.dialog.showModal();
  },

  /** Close without saving; typed input is only thrown away where the person says so. */
  async requestClose() {
    const question = {
      title: "Discard your changes?",
      text: "Your changes will be lost.",
      verb: "Discard",
    };
    if (this.busy || (this.dirty && !(await confirm(question)))) return;
    this.finish(null);
  },

  /** The browser closed the dialog by itself: a second Escape does so. */
  onClosed() {
    if (!this.resolve) return;
    this.$refs.dialog.showModal();
    this.requestClose();
  },

  finish(result) {
    const { resolve } = this;
    this.resolve = null;
    this.$refs.dialog.close();
    resolve?.(result);
  },

  send(action) {
    return this.submit(async () => this.finish(await action()));
  },

  /** Save a change of what is there, see saving.js: where somebody else changed it, the person chooses. */
  saveIfUnchanged(change) {
    return this.submit(async () => {
      const { outcome, answer } = await updateIfUnchanged(change).catch(explainGone);
      if (outcome === "saved") this.finish(answer);
      if (outcome !== "theirs") return;
      this.finish(null);
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

  /** Show faults at their inputs, the first one focused; the others stand above the buttons. */
  showErrors(errors, message = "") {
    this.errors = errors;
    this.$nextTick(() => {
      const invalid = this.$refs.dialog.querySelector('[aria-invalid="true"]');
      if (!invalid) this.error = message;
      invalid?.focus();
    });
  },

  /** What is typed anew is not known to be wrong. */
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
