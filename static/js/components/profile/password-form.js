// Changing one's own password.

import { mix } from "../../lib/mix.js";
import { user } from "../../lib/start.js";
import { countValidKeys, revokeWords } from "../../lib/valid-keys.js";
import { credentialForm } from "./credential-form.js";

const EMPTY = { current_password: "", new_password: "", code: "", revoke_api_keys: false };
const SAID = "Your password is changed. Your other sign-ins have ended.";

export const passwordForm = () =>
  mix(credentialForm({ path: "/api/auth/change-password", empty: EMPTY, said: SAID }), {
    keys: 0,

    async opened() {
      try {
        this.keys = await countValidKeys(user().id);
      } catch {
        this.keys = 0; // the choice is not offered; the keys go on
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

    get keysWords() {
      return revokeWords(this.keys);
    },
  });
