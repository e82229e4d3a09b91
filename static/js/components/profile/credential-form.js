// The mixin of profile forms that need the current password, and a code with two-factor sign-in.

import { post } from "../../lib/api.js";
import { getProps } from "../../lib/page-data.js";
import { humanize } from "../../lib/server-errors.js";
import { toast } from "../../lib/layout-events.js";

/** State and actions. `empty` is the empty form, `said` the confirmation; the component may have `saved(answer)`. */
export const credentialForm = ({ path, empty, said }) => ({
  form: { ...empty },
  errors: {},
  error: "",
  busy: false,
  needsCode: false,

  // Lifecycle

  init() {
    this.needsCode = getProps(this.$root).needsCode;
    this.changed = (event) => {
      this.needsCode = event.detail;
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
    Object.assign(this, { busy: true, errors: {}, error: "" });
    try {
      const { code, ...rest } = this.form;
      const answer = await post(path, this.needsCode ? this.form : rest);
      this.form = { ...empty };
      toast(said);
      this.saved?.(answer);
    } catch (problem) {
      if (!("errors" in problem)) throw problem;
      this.errors = problem.errors;
      if (!Object.keys(problem.errors).length) this.error = problem.message;
      this.$nextTick(() => this.$root.querySelector('[aria-invalid="true"]')?.focus());
    } finally {
      this.busy = false;
    }
  },

  getError(name) {
    return humanize(this.errors[name]?.[0] ?? "");
  },

  hasError(name) {
    return name in this.errors;
  },
});
