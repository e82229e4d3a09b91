// Configuration snippets for a collection, type, field, key and tool.

import { withPrefix, origin } from "../../lib/base.js";
import { get } from "../../lib/api.js";
import { copyText } from "../../lib/clipboard.js";
import { TYPES } from "../../lib/key-format.js";
import { mix } from "../../lib/mix.js";
import { requestSequence } from "../../lib/request-sequence.js";
import { showIfSlow } from "../../lib/slow-loading.js";
import { TOOLS } from "../../lib/snippets/index.js";
import { getUrl, isText } from "../../lib/snippets/target.js";
import { collectionChoice } from "../collections/choice.js";
import { snippetKey } from "./key.js";
import { keyTrial } from "./trial.js";

const COPIED_FOR_MS = 2000;

export const integrations = () =>
  mix(collectionChoice(), snippetKey(), keyTrial(), {
    types: TYPES,
    tools: TOOLS.map(({ id, name }) => ({ id, name })),
    tool: TOOLS[0].id,
    collection: null,
    startCollectionRequest: requestSequence(),
    type: TYPES[0],
    fieldId: 0,
    byId: false,
    series: [],
    startSeriesRequest: requestSequence(),
    isLoaded: false,
    isSlow: false,
    loadError: "",
    copied: "",

    // Lifecycle

    init() {
      this.followHash();
      this.listener = () => this.followHash();
      window.addEventListener("hashchange", this.listener);
      this.startKeyHandover();
      this.load();
    },

    destroy() {
      window.removeEventListener("hashchange", this.listener);
      this.stopKeyHandover();
    },

    followHash() {
      const named = TOOLS.find(({ id }) => `#${id}` === window.location.hash);
      if (named) this.showTool(named.id);
    },

    // Actions

    async load() {
      const query = new URLSearchParams(window.location.search);
      const type = TYPES.find((each) => each.toLowerCase() === query.get("type")?.toLowerCase());
      await this.withLoading(async () => {
        const [id] = await Promise.all([query.get("collection") || firstCollection(), this.loadKeys()]);
        if (id) await this.take(id, type);
      });
    },

    choose({ id }) {
      return this.withLoading(() => this.take(id));
    },

    async take(id, type) {
      const isStale = this.startCollectionRequest();
      const collection = await get(`/api/collections/${encodeURIComponent(id)}`);
      if (isStale()) return;
      const has = (each) => collection.fields.some((field) => field.collection_type === each);
      this.collection = collection;
      this.showChoice(collection.name);
      this.showType(type ?? TYPES.find(has) ?? TYPES[0]);
      await this.loadSeries();
    },

    async withLoading(action) {
      this.loadError = "";
      try {
        await showIfSlow(this, action());
        this.isLoaded = true;
        this.showTool(this.tool);
      } catch (problem) {
        this.loadError = problem.message;
      }
    },

    chooseType(type) {
      this.showType(type);
      return this.withLoading(() => this.loadSeries());
    },

    showType(type) {
      this.type = type;
      this.forgetTrial();
      const fields = this.fields;
      this.fieldId = (fields.find((field) => !isText(field)) ?? fields[0])?.id ?? 0;
      this.chooseReadingKey();
      this.updateUrl();
    },

    /** Load under which names Prometheus stores the fields. */
    async loadSeries() {
      const isStale = this.startSeriesRequest();
      this.series = [];
      if (!this.hasFields) return;
      const { items } = await get(`/api/collections/${this.collection.id}/series/${this.type}`);
      if (!isStale()) this.series = items;
    },

    /** Keep the choices in the page's URL, so that it can be bookmarked and shared. */
    updateUrl() {
      const { pathname, hash } = window.location;
      const query = new URLSearchParams({ collection: this.collection.id, type: this.type });
      window.history.replaceState(null, "", `${pathname}?${query}${hash}`);
    },

    chooseField(id) {
      this.fieldId = Number(id);
    },

    setById(byId) {
      this.byId = byId;
      this.forgetTrial();
    },

    /** Show a tool; scroll its tab into view if the tabs do not fit side by side. */
    showTool(id) {
      this.tool = id;
      this.$nextTick(() =>
        document.getElementById(`tab-${id}`)?.scrollIntoView({ block: "nearest", inline: "center" }),
      );
    },

    chooseTool(id) {
      this.showTool(id);
      window.history.replaceState(null, "", `#${id}`);
    },

    /** Move to another tab with the arrow keys; the focus follows. */
    moveTool(step) {
      const at = TOOLS.findIndex(({ id }) => id === this.tool);
      const { id } = TOOLS[(at + step + TOOLS.length) % TOOLS.length];
      this.chooseTool(id);
      document.getElementById(`tab-${id}`).focus();
    },

    async copyBlock(block) {
      if (!(await copyText(block.text))) return;
      this.copied = block.title;
      setTimeout(() => {
        this.copied = "";
      }, COPIED_FOR_MS);
    },

    // Getters

    get isReady() {
      return this.isLoaded && this.collection !== null;
    },

    get hasCollections() {
      return !this.isLoaded || this.collection !== null;
    },

    get fields() {
      return this.collection?.fields.filter((field) => field.collection_type === this.type) ?? [];
    },

    get hasFields() {
      return this.fields.length > 0;
    },

    get field() {
      return this.fields.find(({ id }) => id === this.fieldId) ?? this.fields[0];
    },

    get toolName() {
      return TOOLS.find(({ id }) => id === this.tool).name;
    },

    get target() {
      const { collection, type, shownKey: key, byId, fields, field, series } = this;
      return { origin: origin(), collection, type, key, byId, fields, field, series };
    },

    get snippet() {
      if (!this.collection || !this.hasFields) return { notes: [], blocks: [] };
      const { make } = TOOLS.find(({ id }) => id === this.tool);
      return { notes: [], ...make(this.target) };
    },

    get trialUrl() {
      return this.collection ? getUrl(this.target) : "";
    },

    get collectionUrl() {
      return this.collection
        ? withPrefix(`/collections/${this.collection.id}#${this.type.toLowerCase()}`)
        : withPrefix("/collections");
    },
  });

async function firstCollection() {
  const { items } = await get("/api/collections", { per_page: 1, sort: "name" });
  return items[0]?.id;
}
