// The form that changes the user's own password.

import { mix } from "../../lib/mix.js";
import { getUser } from "../../lib/page-data.js";
import { countValidKeys, formatRevokeLabel } from "../../lib/valid-keys.js";
import { credentialForm } from "./credential-form.js";

const EMPTY = { current_password: "", new_password: "", code: "", revoke_api_keys: false };
const SAID = "Password changed. You are signed out everywhere else.";

export const passwordForm = () =>
  mix(credentialForm({ path: "/api/auth/change-password", empty: EMPTY, said: SAID }), {
    keys: 0,

    async opened() {
      try {
        this.keys = await countValidKeys(getUser().id);
      } catch {
        this.keys = 0; // revoking them is not offered; the keys stay valid
      }
    },

    saved() {
      document.dispatchEvent(new CustomEvent("sign-ins-changed"));
      this.opened();
    },

    get verb() {
      return this.busy ? "Saving…" : "Change password";
    },

    get hasKeys() {
      return this.keys > 0;
    },

    get revokeLabel() {
      return formatRevokeLabel(this.keys);
    },
  });
