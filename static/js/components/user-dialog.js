// Creating and editing a user, and giving one a new password.

import { patch, post } from "../lib/api.js";
import { dialogForm } from "../lib/dialog-form.js";
import { mix } from "../lib/list.js";

const EMPTY = { username: "", email: "", role: "Editor", password: "" };

export const userDialog = () =>
  mix(dialogForm(), {
    mode: "create",
    person: null,

    // Lifecycle

    init() {
      this.guard();
      this.asked = (event) => this.ask(event.detail);
      document.addEventListener("ask-user", this.asked);
    },

    destroy() {
      document.removeEventListener("ask-user", this.asked);
    },

    // Actions

    ask({ mode, person = null, resolve }) {
      this.mode = mode;
      this.person = person;
      const { username, email, role } = person ?? EMPTY;
      this.openWith({ username, email, role, password: "" }, resolve);
    },

    save() {
      const { password, ...rest } = this.form;
      const path = `/api/users/${this.person?.id}`;
      const actions = {
        create: () => post("/api/users", this.form),
        edit: () => patch(path, rest),
        password: () => patch(path, { password }),
      };
      return this.send(actions[this.mode]);
    },

    // Getters

    get title() {
      if (this.mode === "create") return "Create user";
      return this.mode === "edit" ? `Edit “${this.person.username}”` : `New password for “${this.person.username}”`;
    },

    get verb() {
      if (this.busy) return "Saving…";
      return this.mode === "create" ? "Create user" : "Save";
    },

    get onlyPassword() {
      return this.mode === "password";
    },

    get asksPassword() {
      return this.mode !== "edit";
    },
  });

/** Ask for a user; resolves to the user as saved, or null. */
export const askUser = (question) =>
  new Promise((resolve) => {
    document.dispatchEvent(new CustomEvent("ask-user", { detail: { ...question, resolve } }));
  });
