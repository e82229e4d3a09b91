// The dialog that deletes a user and decides about their collections.

import { get, remove, withQuery } from "../../lib/api.js";
import { getUserProperties } from "../../lib/user-properties.js";
import { openDialog } from "../../lib/layout-events.js";
import { eventDialog } from "../../lib/event-dialog.js";
import { mix } from "../../lib/mix.js";
import { formatCount } from "../../lib/numbers.js";
import { deleteIfUnchanged } from "../../lib/conditional-update.js";

export const userRemoval = () =>
  mix(eventDialog("user-removal"), {
    person: { username: "" },
    owned: 0,
    heirs: [],
    heir: "",
    decision: "transfer",
    error: "",
    busy: false,

    // Actions

    async ask({ person, resolve }) {
      Object.assign(this, { person, resolve, owned: 0, heirs: [], heir: "", decision: "transfer", error: "" });
      this.$refs.dialog.showModal();
      try {
        const [collections, users] = await Promise.all([
          get("/api/collections", { owner_id: person.id, per_page: 1 }),
          get("/api/users", { per_page: 200 }),
        ]);
        this.owned = collections.total;
        this.heirs = users.items.filter(({ id }) => id !== person.id);
        this.heir = String(this.heirs[0]?.id ?? "");
      } catch (problem) {
        this.error = problem.message;
      }
    },

    async submit() {
      this.busy = true;
      this.error = "";
      const decisions = { transfer: { transfer_to: this.heir }, delete: { delete_collections: "true" } };
      const path = `/api/users/${this.person.id}`;
      const query = this.owned ? decisions[this.decision] : {};
      try {
        const { outcome } = await deleteIfUnchanged({
          path,
          name: this.person.username,
          seen: this.person,
          properties: getUserProperties,
          send: (etag) => remove(withQuery(path, query), etag),
        });
        this.close(outcome === "saved");
      } catch (problem) {
        this.error = problem.message;
      } finally {
        this.busy = false;
      }
    },

    // Getters

    get title() {
      return `Delete “${this.person.username}”?`;
    },

    get ownedText() {
      return this.owned ? `They own ${formatCount(this.owned, "collection")}.` : "They own no collections.";
    },
  });

/** Open the dialog; resolve to whether the user was deleted. */
export const askRemoval = (person) => openDialog("user-removal", { person });
