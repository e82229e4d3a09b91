// The dialog for a sign-in that has ended: sign in again without losing input.

import { UNREACHABLE } from "../../lib/api.js";
import { withPrefix } from "../../lib/base.js";
import { eventDialog } from "../../lib/event-dialog.js";
import { mix } from "../../lib/mix.js";

export const signInAgain = () =>
  mix(eventDialog("signed-out"), {
    login: "",
    password: "",
    code: "",
    wantsCode: false,
    byRecovery: false,
    error: "",
    busy: false,

    ask({ resolve }) {
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
        body.set("csrf_token", (await (await fetch(withPrefix("/sign-in"), { headers })).json()).csrf_token);
        const step = withPrefix(this.wantsCode ? "/sign-in/code" : "/sign-in");
        const answer = await fetch(step, { method: "POST", headers, body });
        const { detail = "", wants_code: wantsCode = false } = await answer.json();
        if (answer.ok && !wantsCode) return this.finish(true);
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
      this.finish(false);
    },

    /** Close the dialog; the password does not stay in the page. */
    finish(isSignedIn) {
      Object.assign(this, { password: "", code: "" });
      this.close(isSignedIn);
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
