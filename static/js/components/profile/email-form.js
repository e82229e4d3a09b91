// The form that changes the user's own e-mail address.

import { mix } from "../../lib/mix.js";
import { credentialForm } from "./credential-form.js";

const EMPTY = { email: "", current_password: "", code: "" };

export const emailForm = () =>
  mix(credentialForm({ path: "/api/auth/change-email", empty: EMPTY, said: "E-mail changed." }), {
    saved({ email }) {
      document.querySelector("[data-own-email]").textContent = email;
    },

    get verb() {
      return this.busy ? "Saving…" : "Change e-mail";
    },
  });
