// Creating, editing and copying a collection: `await askCollection({mode, collection})`.

import { get, patch, post } from "../../lib/api.js";
import { buildCopyName } from "../../lib/collection-format.js";
import { dialogForm } from "../../lib/dialog-form.js";
import { openDialog } from "../../lib/layout-events.js";
import { getCollectionProperties } from "../../lib/collection-properties.js";
import { mix } from "../../lib/mix.js";
import { getUser } from "../../lib/page-data.js";

const MODES = {
  create: { verb: "Create collection", title: () => "New collection" },
  edit: { verb: "Save", title: (name) => `Edit “${name}”` },
  copy: { verb: "Copy", title: (name) => `Copy “${name}”` },
};

export const collectionDialog = () =>
  mix(dialogForm("collection-dialog"), {
    mode: "create",
    collection: null,
    owners: [],
    ownersError: "",

    // Actions

    ask({ mode, collection = null, resolve }) {
      Object.assign(this, { mode, collection });
      const names = { create: "", edit: collection?.name, copy: buildCopyName(collection?.name ?? "") };
      const owner = mode === "edit" ? collection.owner_id : getUser().id;
      this.openWith({ name: names[mode], owner_id: owner }, resolve);
      if (this.showsOwner) this.loadOwners();
    },

    async loadOwners() {
      this.ownersError = "";
      const { id, name } = getUser();
      const owner = this.collection && { id: this.collection.owner_id, username: this.collection.owner };
      if (!this.owners.length) this.owners = [this.mode === "edit" ? owner : { id, username: name }];
      try {
        this.owners = await allUsers();
      } catch (problem) {
        this.ownersError = `The users could not be loaded. ${problem.message}`;
      }
    },

    chooseOwner(id) {
      this.form.owner_id = Number(id);
    },

    save() {
      const name = this.form.name.trim();
      if (!name) return this.showErrors({ name: "Give the collection a name." });
      const owner = this.showsOwner ? { owner_id: this.form.owner_id } : {};
      if (this.mode === "edit") return this.change({ name, ...owner });
      if (this.mode === "create") return this.send(() => post("/api/collections", { name, ...owner }));
      return this.send(() => post(`/api/collections/${this.collection.id}/copy`, { name }));
    },

    change(body) {
      const { collection } = this;
      const path = `/api/collections/${collection.id}`;
      const { owner_id: ownerId = collection.owner_id } = body;
      const chosen = this.owners.find(({ id }) => id === ownerId)?.username;
      const owner = ownerId === collection.owner_id ? collection.owner : chosen;
      return this.saveIfUnchanged({
        path,
        name: collection.name,
        seen: collection,
        properties: getCollectionProperties,
        mine: getCollectionProperties({ ...collection, owner, ...body }),
        send: (etag) => patch(path, body, etag),
      });
    },

    // Getters

    get title() {
      return MODES[this.mode].title(this.collection?.name);
    },

    get verb() {
      return this.busy ? "Saving…" : MODES[this.mode].verb;
    },

    get showsOwner() {
      return getUser().isAdmin && this.mode !== "copy";
    },

    get isCopy() {
      return this.mode === "copy";
    },
  });

async function allUsers() {
  const users = [];
  for (let page = 1; ; page += 1) {
    const { items, total } = await get("/api/users", { page, per_page: 200, sort: "username" });
    users.push(...items);
    if (users.length >= total || !items.length) return users;
  }
}

/** Open the dialog; resolve to the saved collection, or to null. */
export const askCollection = (question) => openDialog("collection-dialog", question);
