// Loading the spike form: the spike, the collection's fields, and its other spikes.

import { get } from "../../lib/api.js";
import { showIfSlow } from "../../lib/slow-loading.js";
import { requestSequence } from "../../lib/request-sequence.js";
import { getCopyOverrides } from "../../lib/override-rows.js";
import { toOccupied } from "../../lib/collisions.js";

const MAX_PAGES = 5;

/** Load the spike to copy; the module is loaded on demand. */
const loadCopy = async (...values) => (await import("./copying.js")).loadCopy(...values);

export const spikeLoading = () => ({
  props: { collection: null, spike: null, copy: null, start: "", back: "/spikes" },
  spike: null,
  collection: null,
  startOthersRequest: requestSequence(),
  others: [],
  isReady: false,
  loadError: "",
  isSlow: false,

  // Actions

  async load() {
    this.loadError = "";
    try {
      await showIfSlow(this, this.fetch());
      this.isReady = true;
      this.before = this.snapshot;
      this.updateReadOnly();
      this.$nextTick(() => {
        this.watchStrip();
        this.watchChart();
        this.check();
        if (!this.spike && !this.name) this.focusName();
      });
    } catch (problem) {
      this.loadError = problem.message;
    }
  },

  /** Focus the name of a new spike, unless the user has focused something else. */
  focusName() {
    // x-show shows the form in the next frame, and a hidden input cannot be focused.
    requestAnimationFrame(() => {
      if (document.activeElement === document.body) document.getElementById("spike-name").focus();
    });
  },

  async fetch() {
    const { spike, copy, collection, start } = this.props;
    const own = collection ? get(`/api/collections/${collection.id}`) : null;
    const source = spike ? get(`/api/spike-schedules/${spike.id}`) : copy && loadCopy(copy, own);
    const [loaded, ownCollection] = await Promise.all([source, own]);
    if (spike) this.spike = loaded;
    this.countersAfter = loaded?.counters_after ?? "";
    this.name = loaded?.name ?? "";
    await this.startWindow({ saved: this.spike, like: copy ? loaded : null, start });
    if (ownCollection) await this.useCollection(ownCollection, getSpikeOverrides(loaded, { isSaved: Boolean(spike) }));
    await this.avoidConflicts();
  },

  /** Use the fields and the spikes of this collection. */
  async useCollection(collection, overrides = {}) {
    this.collection = collection;
    this.makeRows(collection.fields, overrides);
    await this.fetchOthers();
  },

  async fetchOthers() {
    const path = `/api/collections/${this.collection.id}/spike-schedules`;
    const isStale = this.startOthersRequest();
    const found = [];
    for (let page = 1; page <= MAX_PAGES; page += 1) {
      const { items, total } = await get(path, { sort: "-end_datetime", per_page: 200, page });
      found.push(...items);
      if (found.length >= total) break;
    }
    if (isStale()) return;
    this.others = found.map(toOccupied).filter(({ id }) => id !== this.spike?.id);
  },

  /** Add the conflicts that the server reported. */
  mergeConflicts(conflicts) {
    const byId = new Map(this.others.map((other) => [other.id, other]));
    for (const other of conflicts.map(toOccupied)) if (other.id !== this.spike?.id) byId.set(other.id, other);
    this.others = [...byId.values()];
  },
});

/**
 * Return the overrides by field id, each with its value type; for a saved spike also the current values of its
 * counters.
 */
export function getSpikeOverrides(spike, { isSaved = true } = {}) {
  const copies = spike?.spike_fields ?? [];
  const toOverrides = (copy) => ({
    type: copy.value_type,
    counter: isSaved ? copy.current_number : null,
    ...getCopyOverrides(copy),
  });
  return Object.fromEntries(copies.map((copy) => [copy.original_field_id, toOverrides(copy)]));
}
