// The panel of a new key: its text, shown this once, and how to try it. Part of the list of keys.

import { at, origin } from "../../lib/base.js";
import { get } from "../../lib/api.js";
import { copyFrom, copyText } from "../../lib/clipboard.js";
import { TYPES, distance, grouped } from "../../lib/keys.js";
import { curlLine } from "../../lib/snippets/curl.js";
import { user } from "../../lib/start.js";
import { moment, utc } from "../../lib/time.js";
import { confirm } from "../layout/confirmation.js";

const SAID_FOR = 2000;

export const keyCreated = () => ({
  made: null,
  sample: null,
  wasCopied: false,
  saidKey: false,
  saidCurl: false,

  // Lifecycle

  guardKey() {
    this.askBeforeLeaving = (event) => {
      if (this.made && !this.wasCopied) event.preventDefault();
    };
    window.addEventListener("beforeunload", this.askBeforeLeaving);
  },

  stopGuardingKey() {
    window.removeEventListener("beforeunload", this.askBeforeLeaving);
  },

  // Actions

  showKey(made) {
    Object.assign(this, { made, sample: null, wasCopied: false, saidKey: false, saidCurl: false });
    this.$nextTick(() => this.$refs.copyKey.focus());
    this.findSample(made);
  },

  async copyKey() {
    if (!(await copyFrom(this.$refs.newKey))) return;
    this.$refs.copyKey.focus();
    this.wasCopied = true;
    this.say("saidKey");
  },

  async copyCurl() {
    if (!(await copyText(this.curlOf(this.made.key)))) return;
    this.wasCopied = true;
    this.say("saidCurl");
  },

  /** Copied by hand: that counts too. */
  copiedByHand() {
    this.wasCopied = true;
  },

  say(what) {
    this[what] = true;
    setTimeout(() => {
      this[what] = false;
    }, SAID_FOR);
  },

  /** Whether the key may go from the page: it was copied, or the person says so. */
  async mayGo() {
    if (!this.made || this.wasCopied) return true;
    return confirm({
      title: `Close without copying “${this.made.label}”?`,
      text: "The key cannot be shown again. Without it you would have to revoke it and create another.",
      verb: "Close without copying",
    });
  },

  async closeKey() {
    if (await this.mayGo()) this.storedKey();
  },

  storedKey() {
    const { create } = this.$refs; // before the button that was pressed leaves the page
    this.made = null;
    this.$nextTick(() => create.focus());
  },

  /** Something that the key may read, and that has something to serve. */
  async findSample(made) {
    try {
      const [limit] = grouped(made.allowed_collections);
      const first = limit ?? (await get("/api/collections", { per_page: 1, sort: "name" })).items[0];
      if (!first) return;
      const { id, name, fields } = await get(`/api/collections/${first.id}`);
      const types = first.types ?? TYPES;
      const type = types.find((each) => fields.some((field) => field.collection_type === each)) ?? types[0];
      if (this.made?.id === made.id) this.sample = { collection: { id, name }, type };
    } catch {
      this.sample = null; // an example only: the key is there without it
    }
  },

  curlOf(key) {
    return this.sample ? curlLine({ ...this.sample, origin: origin(), key }) : "";
  },

  // Getters

  get readsOfMade() {
    return grouped(this.made?.allowed_collections).map(({ id, name, types }) => ({
      id,
      name,
      types: types.join(", "),
    }));
  },

  get madeReadsAll() {
    return this.made !== null && this.made.allowed_collections === null;
  },

  get endOfMade() {
    return this.made?.expires_at ? moment(this.made.expires_at, this.now) : "Never";
  },

  get endOfMadeUtc() {
    return this.made?.expires_at ? utc(this.made.expires_at) : "";
  },

  get leftOfMade() {
    return this.made?.expires_at ? distance(Date.parse(this.made.expires_at) - this.now) : "";
  },

  get ownerOfMade() {
    return user().name;
  },

  get curlShown() {
    return this.made ? this.curlOf(`${this.made.prefix}…`) : "";
  },

  get snippetsAddress() {
    return at(this.sample ? `/integrations?collection=${this.sample.collection.id}` : "/integrations");
  },
});
