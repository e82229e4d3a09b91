// The filter of a list by collection: a select, or a search if there are too many.

import { get } from "../../lib/api.js";
import { debounce } from "../../lib/debounce.js";
import { requestSequence } from "../../lib/request-sequence.js";

const MAX_LISTED = 200;
const MAX_OFFERED = 20;

/** State and actions; the component has `filtersChanged()`. */
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
      const { items, total } = await get("/api/collections", { per_page: MAX_LISTED, sort: "name" });
      if (isStale()) return;
      this.hasManyCollections = total > MAX_LISTED;
      this.collections = items;
      if (this.collection && !items.some(({ id }) => id === this.collection)) await this.addCollectionById();
      this.collectionName = this.collections.find(({ id }) => id === this.collection)?.name ?? "";
    } catch {
      // The list itself reports that the server is not responding.
    }
  },

  /** Load the name of a collection that is not in the list; it may have been deleted. */
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

  /** Offer collections whose names contain the typed text; a complete name chooses its collection. */
  searchCollection(text) {
    this.collectionName = text;
    this.startCollectionsRequest();
    this.searchCollectionSoon(text);
  },

  searchCollectionSoon: debounce(async function search(text) {
    const isStale = this.startCollectionsRequest();
    const query = { per_page: MAX_OFFERED, sort: "name", search: text };
    const found = await get("/api/collections", query).catch(() => null);
    if (!found || isStale()) return; // the list itself reports that the server is not responding
    this.collections = found.items;
    const chosen = text === "" ? "" : (found.items.find(({ name }) => name === text)?.id ?? this.collection);
    if (chosen !== this.collection) this.chooseCollection(chosen);
  }),
});
