// Under which names Prometheus stores the fields of the visible tab; the server makes the names.

import { get } from "../../lib/api.js";
import { copyText } from "../../lib/clipboard.js";
import { requestSequence } from "../../lib/request-sequence.js";

const COPIED_FOR_MS = 2000;

export const collectionSeries = () => ({
  series: new Map(),
  copiedSeries: 0,
  startSeriesRequest: requestSequence(),

  // Actions

  /** Load the names; without them the table still shows everything else. */
  async loadSeries() {
    const isStale = this.startSeriesRequest();
    if (!this.tabFields.length) return;
    const path = `/api/collections/${this.collection.id}/series/${this.tab}`;
    const { items } = await get(path).catch(() => ({ items: [] }));
    if (!isStale()) this.series = new Map(items.map((each) => [each.field_id, each.series]));
  },

  async copySeries(field) {
    if (!(await copyText(this.getSeriesName(field)))) return;
    this.copiedSeries = field.id;
    setTimeout(() => {
      if (this.copiedSeries === field.id) this.copiedSeries = 0;
    }, COPIED_FOR_MS);
  },

  // What a row shows

  getSeriesName(field) {
    return this.series.get(field.id) ?? "";
  },

  isSeriesCopied(field) {
    return this.copiedSeries === field.id;
  },
});
