// The key of the snippets: which of the person's keys, and its text, as long as it is in this page's memory.

import { get } from "../../lib/api.js";
import { canRead, isWellFormed } from "../../lib/key-format.js";
import { requestKey } from "../../lib/key-handover.js";
import { getUser } from "../../lib/page-data.js";
import { PLACEHOLDER } from "../../lib/snippets/target.js";

export const snippetKey = () => ({
  keys: [],
  keyId: 0,
  pasted: "",

  // Lifecycle

  startKeyHandover() {
    this.stopKeyHandover = requestKey((key) => this.pasteKey(key));
  },

  // Actions

  async loadKeys() {
    const keys = [];
    for (let page = 1; ; page += 1) {
      const query = { user_id: getUser().id, page, per_page: 200, sort: "label" };
      const { items, total } = await get("/api/api-keys", query);
      keys.push(...items);
      if (keys.length >= total || !items.length) break;
    }
    this.keys = keys.filter(({ status }) => status === "valid");
    this.recognizeKey();
  },

  chooseKey(id) {
    this.keyId = Number(id);
  },

  /** Choose a key that can read the collection, if the chosen one cannot. */
  chooseReadingKey() {
    if (!this.keyReads(this.keyId)) this.keyId = this.keys.find(({ id }) => this.keyReads(id))?.id ?? 0;
  },

  /** Use a key's text, which stays in this page. */
  pasteKey(text) {
    this.pasted = text.trim();
    this.forgetTrial();
    this.recognizeKey();
  },

  /** Choose the key whose text was pasted: its prefix identifies it. */
  recognizeKey() {
    if (this.pasted && this.pastedKey) this.keyId = this.pastedKey.id;
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

  get pastedKey() {
    return this.keys.find(({ prefix }) => this.pasted.startsWith(prefix));
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

  /** Return the error of the chosen key, if it has no access to what is polled. */
  get keyError() {
    const key = this.keys.find(({ id }) => id === this.keyId);
    if (!key || !this.collection) return "";
    if (this.isPasted && !this.pasted.startsWith(key.prefix)) return "";
    return this.keyReads(key.id) ? "" : `“${key.label}” has no access to this. Polls would return 404.`;
  },

  get keyHelp() {
    if (!this.isPasted) return `Never stored. Without it, the snippets contain ${PLACEHOLDER}.`;
    return this.pastedKey
      ? `This is “${this.pastedKey.label}”. The snippets contain it until you leave this page.`
      : "Not one of your valid keys. The snippets contain it anyway.";
  },

  get shownKey() {
    return this.isPasted ? this.pasted : PLACEHOLDER;
  },

  get trialKey() {
    return this.pasted;
  },
});
