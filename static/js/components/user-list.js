// The list of users, for Admins.

import { listOf, mix } from "../lib/list.js";
import { serverNow } from "../lib/server-clock.js";
import { user } from "../lib/start.js";
import { day, utc } from "../lib/time.js";
import { toast } from "../lib/toast.js";
import { askUser } from "./user-dialog.js";
import { askRemoval } from "./user-removal.js";

export const userList = () =>
  mix(
    listOf("/api/users", {
      sort: "username",
      filters() {
        return { role: this.role };
      },
    }),
    {
      roles: ["", "Admin", "Editor", "Viewer"],
      role: "",
      fault: "",

      // Lifecycle

      init() {
        this.load();
      },

      // Actions

      show(role) {
        this.role = role;
        this.page = 1;
        this.load();
      },

      showAll() {
        this.search = "";
        this.show("");
      },

      async create() {
        const made = await askUser({ mode: "create" });
        if (made) this.done(`${made.role} “${made.username}” created.`);
      },

      async edit(person) {
        const changed = await askUser({ mode: "edit", person });
        if (changed) this.done(`“${changed.username}” saved.`);
      },

      async resetPassword(person) {
        const changed = await askUser({ mode: "password", person });
        if (changed) this.done(`“${changed.username}” has a new password; their sign-ins have ended.`);
      },

      async remove(person) {
        if (await askRemoval(person)) this.done(`“${person.username}” deleted.`);
      },

      done(words) {
        toast(words);
        this.load();
      },

      // What a row shows

      isMe(person) {
        return person.id === user().id;
      },

      sinceOf(person) {
        return day(person.created_at, serverNow());
      },

      utcOf(person) {
        return utc(person.created_at);
      },
    },
  );
