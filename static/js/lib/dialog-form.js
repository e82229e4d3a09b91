// What every form in a dialog does: open, ask before input is lost, send, show what is wrong.

import { confirm } from "../components/layout/confirmation.js";
import { humane } from "./field-rules.js";
import { lookAgain } from "./auto-refresh.js";
import { changeAsSeen } from "./saving.js";

/**
 * State and actions of a form in a `<dialog x-ref="dialog" @cancel.prevent="leave()" @close="closed()">`.
 * The component gives `form`, and calls `openWith` and `send`; call `guard()` in its init.
 */
export const dialogForm = () => ({
  form: {},
  before: "",
  faults: {},
  fault: "",
  busy: false,
  resolve: null,

  guard() {
    this.beforeUnload = (event) => {
      if (this.resolve && this.dirty) event.preventDefault();
    };
    window.addEventListener("beforeunload", this.beforeUnload);
  },

  openWith(form, resolve) {
    Object.assign(this, { form, before: JSON.stringify(form), faults: {}, fault: "", busy: false, resolve });
    this.$refs.dialog.showModal();
  },

  /** Close without saving; typed input is only thrown away where the person says so. */
  async leave() {
    const question = {
      title: "Discard your input?",
      text: "What you typed here is not saved.",
      verb: "Discard",
    };
    if (this.busy || (this.dirty && !(await confirm(question)))) return;
    this.finish(null);
  },

  /** The browser closed the dialog by itself: a second Escape does so. */
  closed() {
    if (!this.resolve) return;
    this.$refs.dialog.showModal();
    this.leave();
  },

  finish(result) {
    const { resolve } = this;
    this.resolve = null;
    this.$refs.dialog.close();
    resolve?.(result);
  },

  send(action) {
    return this.attempt(async () => this.finish(await action()));
  },

  /** Save a change of what is there, see saving.js: where somebody else changed it, the person chooses. */
  saveAsSeen(change) {
    return this.attempt(async () => {
      const { outcome, answer } = await changeAsSeen(change).catch(explainGone);
      if (outcome === "saved") this.finish(answer);
      if (outcome !== "theirs") return;
      this.finish(null);
      lookAgain();
    });
  },

  async attempt(action) {
    if (this.busy) return;
    Object.assign(this, { busy: true, faults: {}, fault: "" });
    try {
      await action();
    } catch (problem) {
      if (!("errors" in problem)) throw problem;
      this.refuse(firstOfEach(problem.errors), problem.message);
    } finally {
      this.busy = false;
    }
  },

  /** Show faults at their inputs, the first one focused; the others stand above the buttons. */
  refuse(faults, message = "") {
    this.faults = faults;
    this.$nextTick(() => {
      const invalid = this.$refs.dialog.querySelector('[aria-invalid="true"]');
      if (!invalid) this.fault = message;
      invalid?.focus();
    });
  },

  /** What is typed anew is not known to be wrong. */
  mend(name) {
    if (this.faults[name]) this.faults = { ...this.faults, [name]: "" };
  },

  faultOf(name) {
    return this.faults[name] ?? "";
  },

  isFaulty(name) {
    return this.faultOf(name) !== "";
  },

  get dirty() {
    return JSON.stringify(this.form) !== this.before;
  },
});

function explainGone(problem) {
  if (problem.status === 404) problem.message = "It was deleted meanwhile. Nothing is saved.";
  throw problem;
}

const firstOfEach = (errors) =>
  Object.fromEntries(Object.entries(errors).map(([path, messages]) => [path, humane(messages[0])]));
