// The dialog that creates and edits a user, or sets a new password.

import { patch, post } from "../../lib/api.js";
import { dialogForm } from "../../lib/dialog-form.js";
import { openDialog } from "../../lib/layout-events.js";
import { getUserProperties } from "../../lib/user-properties.js";
import { mix } from "../../lib/mix.js";
import { getUser } from "../../lib/page-data.js";
import { countValidKeys, formatRevokeLabel } from "../../lib/valid-keys.js";

const EMPTY = { username: "", email: "", role: "Editor", password: "" };

export const userDialog = () =>
  mix(dialogForm("user-dialog"), {
    mode: "create",
    person: null,
    keys: 0,

    // Actions

    ask({ mode, person = null, resolve }) {
      this.mode = mode;
      Object.assign(this, { person, keys: 0 });
      const { username, email, role } = person ?? EMPTY;
      this.openWith({ username, email, role, password: "", revoke_api_keys: false }, resolve);
      if (mode === "password") this.countKeys(person);
    },

    /** Count the user's valid keys, to offer revoking them; on an error it is not offered. */
    async countKeys(person) {
      const keys = await countValidKeys(person.id).catch(() => 0);
      if (this.person === person) this.keys = keys;
    },

    save() {
      const { password, revoke_api_keys: revokes, ...rest } = this.form;
      const { person } = this;
      if (this.mode === "create") return this.send(() => post("/api/users", { ...rest, password }));
      const path = `/api/users/${person.id}`;
      const withPassword = revokes ? { password, revoke_api_keys: true } : { password };
      const body = this.onlyPassword ? withPassword : rest;
      return this.saveIfUnchanged({
        path,
        name: person.username,
        seen: person,
        properties: getUserProperties,
        mine: this.onlyPassword ? null : getUserProperties(rest),
        send: (etag) => patch(path, body, etag),
        verb: () => (this.onlyPassword ? "Set it anyway" : "Save mine"),
      });
    },

    // Getters

    get title() {
      if (this.mode === "create") return "New user";
      return this.mode === "edit" ? `Edit “${this.person.username}”` : `New password for “${this.person.username}”`;
    },

    get verb() {
      if (this.busy) return "Saving…";
      return this.mode === "create" ? "Create user" : "Save";
    },

    get onlyPassword() {
      return this.mode === "password";
    },

    get isMyself() {
      return this.mode === "edit" && this.person.id === getUser().id;
    },

    get hasKeys() {
      return this.keys > 0;
    },

    get revokeLabel() {
      return formatRevokeLabel(this.keys);
    },

    get needsPassword() {
      return this.mode !== "edit";
    },
  });

/** Open the dialog; resolve to the saved user, or to null. */
export const askUser = (question) => openDialog("user-dialog", question);
