// A form of the profile that takes the current password, and with two-factor sign-in a code.

import { post } from "../../lib/api.js";
import { humane } from "../../lib/field-form.js";
import { toast } from "../../lib/toast.js";

/** State and actions; the component gives `path`, `empty`, `said` and, if it likes, `saved(answer)`. */
export const credentialForm = ({ path, empty, said }) => ({
  form: { ...empty },
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
    this.opened?.();
  },

  destroy() {
    document.removeEventListener("two-factor-changed", this.changed);
  },

  // Actions

  async save() {
    if (this.busy) return;
    Object.assign(this, { busy: true, faults: {}, fault: "" });
    try {
      const { code, ...rest } = this.form;
      const answer = await post(path, this.asksCode ? this.form : rest);
      this.form = { ...empty };
      toast(said);
      this.saved?.(answer);
    } catch (problem) {
      if (!("errors" in problem)) throw problem;
      this.faults = problem.errors;
      if (!Object.keys(problem.errors).length) this.fault = problem.message;
      this.$nextTick(() => this.$root.querySelector('[aria-invalid="true"]')?.focus());
    } finally {
      this.busy = false;
    }
  },

  faultOf(name) {
    return humane(this.faults[name]?.[0] ?? "");
  },

  isFaulty(name) {
    return name in this.faults;
  },
});
