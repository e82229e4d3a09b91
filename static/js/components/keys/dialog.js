// Creating and editing an API key: `await askKey({key})`.

import { get, patch, post } from "../../lib/api.js";
import { debounce } from "../../lib/debounce.js";
import { dialogForm } from "../../lib/dialog-form.js";
import { openDialog } from "../../lib/layout-events.js";
import { getKeyProperties } from "../../lib/key-properties.js";
import { EXPIRIES, getLimitsError, toBody, toForm, toggleLimit, validate } from "../../lib/key-form.js";
import { TYPES, toDateInput, toExpiry } from "../../lib/key-format.js";
import { requestSequence } from "../../lib/request-sequence.js";
import { mix } from "../../lib/mix.js";
import { serverNow } from "../../lib/server-clock.js";
import { getUser } from "../../lib/page-data.js";
import { formatRelative } from "../../lib/relative-time.js";
import { formatDateTime } from "../../lib/time.js";
import { formatCount } from "../../lib/numbers.js";

const MAX_LISTED = 50;

export const keyDialog = () =>
  mix(dialogForm("key-dialog"), {
    form: toForm(null),
    key: null,
    expiries: EXPIRIES,
    types: TYPES,
    search: "",
    found: [],
    total: 0,
    loading: false,
    loadError: "",
    startRequest: requestSequence(),
    atFirst: [],

    // Actions

    ask({ key = null, resolve }) {
      const form = toForm(key);
      const atFirst = Object.entries(form.chosen).map(([id, { name }]) => ({ id: Number(id), name }));
      Object.assign(this, { key, atFirst, search: "", found: [], total: 0 });
      this.openWith(form, resolve);
      this.find();
    },

    chooseExpiry(value) {
      this.form.expiry = value;
      // x-show shows the input in the next frame, and a hidden input cannot be focused.
      if (value === "date") this.$nextTick(() => requestAnimationFrame(() => this.$refs.date.focus()));
    },

    limit(limited) {
      this.form.limited = limited;
      this.clearLimitsErrors();
    },

    toggleLimit(collection, type) {
      this.form.chosen = toggleLimit(this.form.chosen, collection, type);
      this.clearLimitsErrors();
    },

    clearLimitsErrors() {
      const others = Object.entries(this.errors).filter(([path]) => !path.startsWith("allowed_collections"));
      this.errors = Object.fromEntries(others);
    },

    searchSoon: debounce(function search() {
      this.find();
    }),

    async find() {
      const isStale = this.startRequest();
      Object.assign(this, { loading: true, loadError: "" });
      try {
        const query = { search: this.search.trim(), per_page: MAX_LISTED, sort: "name" };
        const { items, total } = await get("/api/collections", query);
        if (!isStale()) Object.assign(this, { found: items, total });
      } catch (problem) {
        if (!isStale()) this.loadError = problem.message;
      } finally {
        if (!isStale()) this.loading = false;
      }
    },

    save() {
      const now = serverNow();
      const before = this.key && toForm(this.key);
      const errors = validate(this.form, before, now);
      if (Object.keys(errors).length) return this.showErrors(errors);
      const body = toBody(this.form, before, now);
      if (!this.key) return this.send(() => post("/api/api-keys", body));
      const path = `/api/api-keys/${this.key.id}`;
      const properties = (key) => getKeyProperties(key, now);
      return this.saveIfUnchanged({
        path,
        name: this.key.label,
        seen: this.key,
        properties,
        mine: properties({ ...this.key, ...body, allowed_collections: this.limitsNamed(body) }),
        send: (etag) => patch(path, body, etag),
      });
    },

    /** Return the limits of the request with the names of their collections, or the current limits. */
    limitsNamed({ allowed_collections: limits = this.key.allowed_collections }) {
      const name = (id) => this.form.chosen[id]?.name;
      return limits?.map((limit) => ({ collection_name: name(limit.collection_id), ...limit })) ?? null;
    },

    // What the list of collections shows

    isChosen({ id }, type) {
      return this.form.chosen[id]?.types.includes(type) ?? false;
    },

    formatOwner({ owner, owner_id: id }) {
      return owner && id !== getUser().id ? owner : "";
    },

    // Getters

    get title() {
      return this.key ? `Edit “${this.key.label}”` : "New key";
    },

    get verb() {
      if (this.busy) return "Saving…";
      return this.key ? "Save" : "Create key";
    },

    get today() {
      return toDateInput(serverNow());
    },

    get expiryText() {
      const { expiry, date } = this.form;
      if (expiry === "never") return "Works until revoked or deleted.";
      if (expiry === "date" && !date) return "Works until the end of that day (23:59 in your time zone).";
      const now = serverNow();
      try {
        const end = toExpiry(expiry, date, now);
        return `Works until ${formatDateTime(end, now)}, ${formatRelative(end, now)}.`;
      } catch {
        return "";
      }
    },

    /** Return the rows; collections that were selected when the dialog opened come first. */
    get rows() {
      if (this.search.trim()) return this.found;
      const first = this.atFirst.map(({ id }) => id);
      return [...this.atFirst, ...this.found.filter(({ id }) => !first.includes(id))];
    },

    get nothingFound() {
      return !this.loading && !this.loadError && this.rows.length === 0;
    },

    get chosenText() {
      const entries = Object.values(this.form.chosen);
      if (!entries.length) return "None selected yet.";
      const names = entries.map(({ name, types }) => (types.length === 1 ? `${name} (${types[0]})` : name));
      return `${formatCount(entries.length, "collection")} selected: ${names.join(", ")}.`;
    },

    get moreText() {
      const more = this.total - this.found.length;
      return more > 0 ? `${formatCount(more, "more collection")}: search for them.` : "";
    },

    get limitsError() {
      return getLimitsError(this.errors, this.form);
    },

    get hasLimitsError() {
      return this.limitsError !== "";
    },
  });

/** Open the dialog; resolve to the saved key, or to null. A new key includes its text. */
export const askKey = (question) => openDialog("key-dialog", question);
