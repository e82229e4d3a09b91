// A sign-in that ended in the middle of something: sign in, and go on with the input kept.

export const signInAgain = () => ({
  login: "",
  password: "",
  fault: "",
  busy: false,
  resolve: null,

  init() {
    this.asked = (event) => this.ask(event.detail);
    document.addEventListener("signed-out", this.asked);
  },

  destroy() {
    document.removeEventListener("signed-out", this.asked);
  },

  ask(resolve) {
    this.resolve = resolve;
    this.fault = "";
    this.$refs.dialog.showModal();
  },

  async submit() {
    this.busy = true;
    this.fault = "";
    try {
      const headers = { Accept: "application/json" };
      const body = new FormData(this.$refs.form);
      // A fresh token: the cookie that the one of this page belonged to may be gone as well.
      body.set("csrf_token", (await (await fetch("/sign-in", { headers })).json()).csrf_token);
      const answer = await fetch("/sign-in", { method: "POST", headers, body });
      if (answer.ok) return this.close(true);
      this.fault = (await answer.json()).detail;
    } catch {
      this.fault = "The server does not answer. Try again in a moment.";
    } finally {
      this.busy = false;
    }
    return undefined;
  },

  cancel() {
    this.close(false);
  },

  close(signedIn) {
    this.password = "";
    this.$refs.dialog.close();
    this.resolve?.(signedIn);
    this.resolve = null;
  },
});
