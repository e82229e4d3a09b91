// The list of users, for Admins.

import { post } from "../../lib/api.js";
import { getUserProperties } from "../../lib/user-properties.js";
import { PAGE, SEARCH, oneOf, sortedBy, urlState } from "../../lib/url-state.js";
import { pagedList } from "../../lib/list.js";
import { changeReports } from "../../lib/change-reports.js";
import { mix } from "../../lib/mix.js";
import { updateIfUnchanged } from "../../lib/conditional-update.js";
import { serverNow } from "../../lib/server-clock.js";
import { getUser } from "../../lib/page-data.js";
import { formatDay, formatUtc } from "../../lib/time.js";
import { confirm, toast } from "../../lib/layout-events.js";
import { askUser } from "./dialog.js";
import { askRemoval } from "./removal.js";

const ROLES = ["", "Admin", "Editor", "Viewer"];

export const userList = () =>
  mix(
    pagedList("/api/users", {
      sort: "username",
      filters() {
        return { role: this.role };
      },
      address: urlState({
        role: oneOf(ROLES),
        search: SEARCH,
        sort: sortedBy(["username", "email", "role", "created_at"]),
        page: PAGE,
      }),
    }),
    changeReports(),
    {
      roles: ROLES,
      role: "",

      // Lifecycle

      init() {
        this.startList();
      },

      destroy() {
        this.stopList();
      },

      // Actions

      clearFilters() {
        this.search = "";
        this.setFilter("role", "");
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
        if (changed) this.done(`“${changed.username}” has a new password and is signed out everywhere.`);
      },

      async resetTwoFactor(person) {
        const isSure = await confirm({
          title: `Reset the two-factor sign-in of “${person.username}”?`,
          text: "Their password alone will be enough to sign in. They are signed out everywhere.",
          more: "Make sure that the request really comes from them.",
          verb: "Reset",
        });
        if (!isSure) return;
        const path = `/api/users/${person.id}`;
        const change = {
          path,
          name: person.username,
          seen: person,
          properties: getUserProperties,
          send: (etag) => post(`${path}/reset-two-factor`, undefined, etag),
          isDone: (present) => !present.has_two_factor,
          verb: () => "Reset anyway",
        };
        const text = `“${person.username}” can sign in with the password alone.`;
        await this.applyChange(() => updateIfUnchanged(change), text);
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
        return person.id === getUser().id;
      },

      mayReset(person) {
        return person.has_two_factor && !this.isMe(person);
      },

      formatSince(person) {
        return formatDay(person.created_at, serverNow());
      },

      formatUtc(person) {
        return formatUtc(person.created_at);
      },
    },
  );
