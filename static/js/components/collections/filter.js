// Filtering a list by a collection: a choice of all; where there are too many, the name is typed.

import { get } from "../../lib/api.js";
import { newest } from "../../lib/newest.js";

const MOST = 200;
const OFFERED = 20;
const PATIENCE = 250;

/** The host has `filtersChanged()`. */
export const collectionFilter = () => ({
  collection: "",
  collectionName: "",
  collections: [],
  isManyCollections: false,
  collectionsAsked: newest(),

  // Actions

  async loadCollections() {
    const isLate = this.collectionsAsked();
    try {
      const { items, total } = await get("/api/collections", { per_page: MOST, sort: "name" });
      if (isLate()) return;
      this.isManyCollections = total > MOST;
      this.collections = items;
      if (this.collection && !items.some(({ id }) => id === this.collection)) await this.nameCollection();
      this.collectionName = this.collections.find(({ id }) => id === this.collection)?.name ?? "";
    } catch {
      // The list itself says that the server does not answer.
    }
  },

  /** One that is not among the first: look up what it is called; it may be gone. */
  async nameCollection() {
    try {
      const { id, name } = await get(`/api/collections/${this.collection}`);
      this.collections = [{ id, name }, ...this.collections];
    } catch (problem) {
      if (problem.status === 404) this.ofCollection("");
    }
  },

  ofCollection(id) {
    this.collection = id === "" ? "" : Number(id);
    this.filtersChanged();
  },

  /** Offer what contains the typed text; a whole name chooses its collection. */
  seekCollection(text) {
    clearTimeout(this.seeking);
    this.collectionName = text;
    const isLate = this.collectionsAsked();
    this.seeking = setTimeout(async () => {
      const found = await get("/api/collections", { per_page: OFFERED, sort: "name", search: text }).catch(() => null);
      if (!found || isLate()) return; // the list itself says that the server does not answer
      const { items } = found;
      this.collections = items;
      const chosen = text === "" ? "" : (items.find(({ name }) => name === text)?.id ?? this.collection);
      if (chosen !== this.collection) this.ofCollection(chosen);
    }, PATIENCE);
  },
});
