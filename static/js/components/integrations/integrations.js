// Configuration snippets for a collection, type, field, key and tool.

import { at, origin } from "../../lib/base.js";
import { get } from "../../lib/api.js";
import { copyText } from "../../lib/clipboard.js";
import { TYPES, canRead, isWellFormed } from "../../lib/key-format.js";
import { mix } from "../../lib/mix.js";
import { requestSequence } from "../../lib/request-sequence.js";
import { showIfSlow } from "../../lib/slow-loading.js";
import { TOOLS } from "../../lib/snippets/index.js";
import { PLACEHOLDER, isText } from "../../lib/snippets/target.js";
import { getUser } from "../../lib/page-data.js";
import { collectionChoice } from "../collections/choice.js";

const COPIED_FOR_MS = 2000;

export const integrations = () =>
  mix(collectionChoice(), {
    types: TYPES,
    tools: TOOLS.map(({ id, name }) => ({ id, name })),
    tool: TOOLS[0].id,
    collection: null,
    startCollectionRequest: requestSequence(),
    type: TYPES[0],
    fieldId: 0,
    byId: false,
    keys: [],
    keyId: 0,
    pasted: "",
    isLoaded: false,
    isSlow: false,
    loadError: "",
    copied: "",

    // Lifecycle

    init() {
      this.followHash();
      this.listener = () => this.followHash();
      window.addEventListener("hashchange", this.listener);
      this.load();
    },

    destroy() {
      window.removeEventListener("hashchange", this.listener);
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
        const [keys, id] = await Promise.all([allKeys(), query.get("collection") || firstCollection()]);
        this.keys = keys.filter(({ status }) => status === "valid");
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
      this.chooseType(type ?? TYPES.find(has) ?? TYPES[0]);
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
      this.type = type;
      const fields = this.fields;
      this.fieldId = (fields.find((field) => !isText(field)) ?? fields[0])?.id ?? 0;
      if (!this.keyReads(this.keyId)) this.keyId = this.keys.find(({ id }) => this.keyReads(id))?.id ?? 0;
      this.updateUrl();
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

    chooseKey(id) {
      this.keyId = Number(id);
    },

    setById(byId) {
      this.byId = byId;
    },

    /** Use a pasted key, which stays in this page. Its prefix identifies it. */
    pasteKey(text) {
      this.pasted = text.trim();
      const known = this.keys.find(({ prefix }) => this.pasted.startsWith(prefix));
      if (known) this.keyId = known.id;
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

    // What the page shows

    keyReads(id) {
      const key = this.keys.find((each) => each.id === id);
      return Boolean(key && this.collection) && canRead(key, this.collection.id, this.type);
    },

    formatKey(key) {
      const words = `${key.label} (${key.prefix}…)`;
      if (!this.collection) return words;
      return this.keyReads(key.id) ? words : `${words}, no access`;
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

    get pasteError() {
      if (!this.pasted || isWellFormed(this.pasted)) return "";
      return this.pasted.startsWith("spk_")
        ? "Invalid API key (checksum mismatch)."
        : "Not an API key. Keys begin with spk_.";
    },

    get isPasted() {
      return this.pasted !== "" && this.pasteError === "";
    },

    get chosenKey() {
      return this.keys.find(({ id }) => id === this.keyId) ?? null;
    },

    /** Return the error of the chosen key, if it has no access to what is polled. */
    get keyError() {
      const key = this.chosenKey;
      if (!key || !this.collection) return "";
      if (this.isPasted && !this.pasted.startsWith(key.prefix)) return "";
      return this.keyReads(key.id) ? "" : `“${key.label}” has no access to this. Polls would return 404.`;
    },

    get keyHelp() {
      if (this.isPasted) {
        const known = this.keys.find(({ prefix }) => this.pasted.startsWith(prefix));
        return known
          ? `This is “${known.label}”. The snippets contain it.`
          : "Not one of your valid keys. The snippets contain it anyway.";
      }
      return `Never stored or sent. Without it, the snippets contain ${PLACEHOLDER}.`;
    },

    get snippet() {
      if (!this.collection || !this.hasFields) return { notes: [], blocks: [] };
      const { collection, type, fields, field, byId } = this;
      const key = this.isPasted ? this.pasted : PLACEHOLDER;
      const { make } = TOOLS.find(({ id }) => id === this.tool);
      return {
        notes: [],
        ...make({ origin: origin(), collection, type, key, byId, fields, field }),
      };
    },

    get collectionUrl() {
      return this.collection
        ? at(`/collections/${this.collection.id}#${this.type.toLowerCase()}`)
        : at("/collections");
    },
  });

async function allKeys() {
  const keys = [];
  for (let page = 1; ; page += 1) {
    const query = { user_id: getUser().id, page, per_page: 200, sort: "label" };
    const { items, total } = await get("/api/api-keys", query);
    keys.push(...items);
    if (keys.length >= total || !items.length) return keys;
  }
}

async function firstCollection() {
  const { items } = await get("/api/collections", { per_page: 1, sort: "name" });
  return items[0]?.id;
}
