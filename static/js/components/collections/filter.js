// Filtering a list by a collection: a choice of all; where there are too many, the name is typed.

import { get } from "../../lib/api.js";
import { requestSequence } from "../../lib/request-sequence.js";

const MOST = 200;
const OFFERED = 20;
const DEBOUNCE_MS = 250;

/** The host has `filtersChanged()`. */
export const collectionFilter = () => ({
  collection: "",
  collectionName: "",
  collections: [],
  hasManyCollections: false,
  startCollectionsRequest: requestSequence(),

  // Actions

  async loadCollections() {
    const isStale = this.startCollectionsRequest();
    try {
      const { items, total } = await get("/api/collections", { per_page: MOST, sort: "name" });
      if (isStale()) return;
      this.hasManyCollections = total > MOST;
      this.collections = items;
      if (this.collection && !items.some(({ id }) => id === this.collection)) await this.addCollectionById();
      this.collectionName = this.collections.find(({ id }) => id === this.collection)?.name ?? "";
    } catch {
      // The list itself says that the server does not answer.
    }
  },

  /** One that is not among the first: look up what it is called; it may be gone. */
  async addCollectionById() {
    try {
      const { id, name } = await get(`/api/collections/${this.collection}`);
      this.collections = [{ id, name }, ...this.collections];
    } catch (problem) {
      if (problem.status === 404) this.chooseCollection("");
    }
  },

  chooseCollection(id) {
    this.collection = id === "" ? "" : Number(id);
    this.filtersChanged();
  },

  /** Offer what contains the typed text; a whole name chooses its collection. */
  searchCollection(text) {
    clearTimeout(this.seeking);
    this.collectionName = text;
    const isStale = this.startCollectionsRequest();
    this.seeking = setTimeout(async () => {
      const found = await get("/api/collections", { per_page: OFFERED, sort: "name", search: text }).catch(() => null);
      if (!found || isStale()) return; // the list itself says that the server does not answer
      const { items } = found;
      this.collections = items;
      const chosen = text === "" ? "" : (items.find(({ name }) => name === text)?.id ?? this.collection);
      if (chosen !== this.collection) this.chooseCollection(chosen);
    }, DEBOUNCE_MS);
  },
});
