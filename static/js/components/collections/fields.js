// A collection's fields: two tabs, a table of rules, and actions on fields.

import { post, remove } from "../../lib/api.js";
import { getFieldProperties } from "../../lib/field-properties.js";
import { formatValue } from "../../lib/json-lines.js";
import { deleteIfUnchanged, updateIfUnchanged } from "../../lib/conditional-update.js";
import { formatTime } from "../../lib/time.js";
import { confirm, toast } from "../../lib/layout-events.js";
import { formatNumber, formatRule } from "../../lib/format.js";
import { getType, isCounter } from "../../lib/value-types.js";
import { askField } from "./field-dialog.js";

const TYPES = ["Performance", "Configuration"];
const PER_PAGE = 100;
const MAX_WITHOUT_SEARCH = 12; // so many fields are found without searching

export const collectionFields = () => ({
  types: TYPES,
  tab: TYPES[0],
  fieldSearch: "",
  sort: "",
  page: 1,

  // Tabs

  startTabs() {
    this.followHash = () => {
      const named = TYPES.find((type) => `#${type.toLowerCase()}` === window.location.hash.toLowerCase());
      if (named && named !== this.tab) this.showTab(named);
    };
    this.followHash();
    window.addEventListener("hashchange", this.followHash);
  },

  stopTabs() {
    window.removeEventListener("hashchange", this.followHash);
  },

  chooseTab(type) {
    window.history.replaceState(null, "", `#${type.toLowerCase()}`);
    this.showTab(type);
  },

  showTab(type) {
    Object.assign(this, { tab: type, page: 1, fieldSearch: "" });
    if (!this.isLoaded) return;
    this.loadSeries();
    this.takeSample();
  },

  /** Move to another tab with the arrow keys; the focus follows. */
  moveTab(step) {
    const type = TYPES[(TYPES.indexOf(this.tab) + step + TYPES.length) % TYPES.length];
    this.chooseTab(type);
    document.getElementById(`tab-${type}`).focus();
  },

  countFields(type) {
    return this.collection.fields.filter((field) => field.collection_type === type).length;
  },

  // Actions

  async addField() {
    const made = await askField({ collectionId: this.collection.id, collectionType: this.tab });
    if (made) await this.fieldSaved(made, `“${made.field_name}” created.`);
  },

  async editField(field) {
    const saved = await askField({
      collectionId: this.collection.id,
      field,
      hasSpikes: this.spikesTotal > 0,
    });
    if (saved) await this.fieldSaved(saved, `“${saved.field_name}” saved.`);
  },

  async fieldSaved(field, words) {
    this.replaceField(field);
    toast(words);
    await this.showErrors(() => this.fetch());
    if (field.collection_type === this.tab) await Promise.all([this.loadSeries(), this.takeSample()]);
    else this.chooseTab(field.collection_type);
  },

  /** Replace a field by the server's response, so that the next edit starts from it. */
  replaceField(field) {
    const others = this.collection.fields.filter(({ id }) => id !== field.id);
    this.collection.fields = [...others, field].sort((one, other) => one.id - other.id);
  },

  async resetField(field) {
    const start = formatNumber(field.start_number);
    const text = `It is at ${formatNumber(field.current_number)}. The next poll returns its start, ${start}.`;
    const more = this.activeId ? "The active spike has its own counter, which continues." : "";
    if (!(await confirm({ title: `Reset “${field.field_name}”?`, text, more, verb: "Reset" }))) return;
    await this.showErrors(async () => {
      const { outcome, answer } = await updateIfUnchanged({
        ...asSeen(field),
        send: (etag) => post(`/api/fields/${field.id}/reset`, undefined, etag),
        verb: () => "Reset anyway",
      });
      this.replaceField(answer);
      if (outcome !== "saved") return;
      toast(`“${field.field_name}” reset to ${start}.`);
      await this.fetch();
      await this.takeSample();
    });
  },

  async removeField(field) {
    const title = `Delete “${field.field_name}”?`;
    const override = this.overrides[field.id]
      ? `, along with its override in “${this.active.name}”, which is active`
      : "";
    const text = `It will be missing from the next poll${override}.`;
    const more = this.spikesTotal ? "Its overrides in this collection’s spikes are removed too." : "";
    if (!(await confirm({ title, text, more, verb: "Delete field" }))) return;
    await this.showErrors(async () => {
      const send = (etag) => remove(`/api/fields/${field.id}`, etag);
      const { outcome, answer } = await deleteIfUnchanged({ ...asSeen(field), send });
      if (outcome !== "saved") return this.replaceField(answer);
      toast(`“${field.field_name}” deleted.`);
      await this.fetch();
      await Promise.all([this.loadSeries(), this.takeSample()]);
    });
  },

  searchFields() {
    this.page = 1;
  },

  sortBy(column) {
    this.sort = { "": column, [column]: `-${column}` }[this.sort] ?? "";
    this.page = 1;
  },

  previous() {
    this.page -= 1;
  },

  next() {
    this.page += 1;
  },

  // What a row shows

  isSpiked(field) {
    return field.id in this.overrides;
  },

  formatRule(field) {
    return formatRule(this.overrides[field.id] ?? field) + this.formatCounterState(field);
  },

  /**
   * Format the current value of a counter. During a spike the spike's copy counts, and the collection's counter
   * pauses.
   */
  formatCounterState(field) {
    const copy = this.overrides[field.id];
    const at = (copy ?? field).current_number;
    if (at === null || at === undefined) return "";
    return this.activeId && !copy ? `, at ${formatNumber(at)} before the spike` : `, now at ${formatNumber(at)}`;
  },

  formatNormalRule(field) {
    return `normally ${formatRule(field)}`;
  },

  formatSample(field) {
    const value = this.values.get(field.field_name);
    if (value === undefined) return "";
    return getType(field).value_kind === "timestamp" ? value : formatValue(value);
  },

  canReset(field) {
    return isCounter(field) && field.current_number !== null;
  },

  ariaSort(column) {
    if (this.sort === column) return "ascending";
    return this.sort === `-${column}` ? "descending" : "none";
  },

  // Getters

  get untilText() {
    return this.active ? `until ${formatTime(this.active.end_datetime)}` : "";
  },

  get tabFields() {
    return this.collection.fields.filter((field) => field.collection_type === this.tab);
  },

  get hasManyFields() {
    return this.tabFields.length > MAX_WITHOUT_SEARCH;
  },

  get found() {
    const text = this.fieldSearch.trim().toLowerCase();
    const found = this.tabFields.filter((field) => field.field_name.toLowerCase().includes(text));
    if (!this.sort) return found;
    const turn = this.sort.startsWith("-") ? -1 : 1;
    return found.sort(
      (one, other) => turn * one.field_name.localeCompare(other.field_name, undefined, { numeric: true }),
    );
  },

  get rows() {
    return this.found.slice((this.page - 1) * PER_PAGE, this.page * PER_PAGE);
  },

  get total() {
    return this.found.length > PER_PAGE ? this.found.length : 0;
  },

  get range() {
    return `${(this.page - 1) * PER_PAGE + 1}–${Math.min(this.page * PER_PAGE, this.total)} of ${this.total}`;
  },

  get hasPrevious() {
    return this.page > 1;
  },

  get hasNext() {
    return this.page * PER_PAGE < this.found.length;
  },

  get tabIsEmpty() {
    return this.isLoaded && this.hasFields && this.tabFields.length === 0;
  },

  get nothingFound() {
    return this.tabFields.length > 0 && this.found.length === 0;
  },
});

/** Return the parameters of `updateIfUnchanged` for a field. */
const asSeen = (field) => ({
  path: `/api/fields/${field.id}`,
  name: field.field_name,
  seen: field,
  properties: getFieldProperties,
});
