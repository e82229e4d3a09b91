// The dialog for a sign-in that has ended: sign in again without losing input.

import { UNREACHABLE } from "../../lib/api.js";
import { at } from "../../lib/base.js";

export const signInAgain = () => ({
  login: "",
  password: "",
  code: "",
  wantsCode: false,
  byRecovery: false,
  error: "",
  busy: false,
  resolve: null,

  init() {
    this.listener = (event) => this.ask(event.detail);
    document.addEventListener("signed-out", this.listener);
  },

  destroy() {
    document.removeEventListener("signed-out", this.listener);
  },

  ask(resolve) {
    this.resolve = resolve;
    Object.assign(this, { error: "", code: "", wantsCode: false, byRecovery: false });
    this.$refs.dialog.showModal();
  },

  async submit() {
    this.busy = true;
    this.error = "";
    try {
      const headers = { Accept: "application/json" };
      const body = new FormData(this.$refs.form);
      // Get a new CSRF token, because the cookie of this page's token may be gone too.
      body.set("csrf_token", (await (await fetch(at("/sign-in"), { headers })).json()).csrf_token);
      const step = at(this.wantsCode ? "/sign-in/code" : "/sign-in");
      const answer = await fetch(step, { method: "POST", headers, body });
      const { detail = "", wants_code: wantsCode = false } = await answer.json();
      if (answer.ok && !wantsCode) return this.close(true);
      this.error = detail;
      this.askForCode(wantsCode);
    } catch {
      this.error = UNREACHABLE;
    } finally {
      this.busy = false;
    }
    return undefined;
  },

  /** Show the second step; the password is no longer needed and is removed. */
  askForCode(wantsCode) {
    Object.assign(this, { wantsCode, password: "", code: "" });
    this.$nextTick(() => this.$refs.form.querySelector("[name=code], [name=password]")?.focus());
  },

  useRecoveryCode() {
    this.byRecovery = true;
    this.askForCode(true);
  },

  cancel() {
    this.close(false);
  },

  close(signedIn) {
    Object.assign(this, { password: "", code: "" });
    this.$refs.dialog.close();
    this.resolve?.(signedIn);
    this.resolve = null;
  },

  // Getters

  get codeLabel() {
    return this.byRecovery ? "Recovery code" : "Code from your authenticator app";
  },

  get codeInput() {
    return this.byRecovery ? "text" : "numeric";
  },

  get codeCompletion() {
    return this.byRecovery ? "off" : "one-time-code";
  },
});
