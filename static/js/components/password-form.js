// Changing one's own password.

import { post } from "../lib/api.js";
import { toast } from "../lib/toast.js";

const EMPTY = { current_password: "", new_password: "", code: "" };

export const passwordForm = () => ({
  form: { ...EMPTY },
  faults: {},
  fault: "",
  busy: false,
  asksCode: false,

  // Lifecycle

  init() {
    this.asksCode = JSON.parse(this.$root.dataset.props).asksCode;
    this.changed = (event) => {
      this.asksCode = event.detail;
    };
    document.addEventListener("two-factor-changed", this.changed);
  },

  destroy() {
    document.removeEventListener("two-factor-changed", this.changed);
  },

  // Actions

  async save() {
    Object.assign(this, { busy: true, faults: {}, fault: "" });
    try {
      const { code, ...passwords } = this.form;
      await post("/api/auth/change-password", this.asksCode ? this.form : passwords);
      this.form = { ...EMPTY };
      toast("Your password is changed. Your other sign-ins have ended.");
      document.dispatchEvent(new CustomEvent("sign-ins-changed"));
    } catch (problem) {
      this.faults = problem.errors;
      if (!Object.keys(problem.errors).length) this.fault = problem.message;
      this.$nextTick(() => this.$root.querySelector('[aria-invalid="true"]')?.focus());
    } finally {
      this.busy = false;
    }
  },

  faultOf(name) {
    return this.faults[name]?.[0] ?? "";
  },

  isFaulty(name) {
    return name in this.faults;
  },

  get verb() {
    return this.busy ? "Saving…" : "Change password";
  },
});
