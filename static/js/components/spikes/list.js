// The list of spikes: filters in the URL, badges that change at the second, row actions. Past ones are records
// (past.js), the others schedules.

import { withPrefix } from "../../lib/base.js";
import { get } from "../../lib/api.js";
import { showActive } from "../../lib/active-count.js";
import { getHighlight, scrollToHighlight } from "../../lib/highlight.js";
import { pagedList } from "../../lib/list.js";
import { mix } from "../../lib/mix.js";
import { readItem } from "../../lib/rehearsal-spike.js";
import { formatCount } from "../../lib/numbers.js";
import { windowEdges } from "../../lib/window-edges.js";
import { serverNow } from "../../lib/server-clock.js";
import { requestSequence } from "../../lib/request-sequence.js";
import { spikeUrlState } from "../../lib/spike-filters.js";
import { formatOverride } from "../../lib/spike-format.js";
import { STATUS_LABELS, getSpikeStatus } from "../../lib/spike-status.js";
import { clockTick } from "../../lib/clock-tick.js";
import { rowSelection } from "../../lib/row-selection.js";
import { formatWindowState } from "../../lib/durations.js";
import { formatUtcRange, formatWindow } from "../../lib/time.js";
import { collectionFilter } from "../collections/filter.js";
import { spikeActions } from "./actions.js";
import { formatRecordState, getRecordBadge, pastSpikes } from "./past.js";
import { runningAgain } from "./run-again.js";

const MAX_OVERRIDES = 2; // overrides in a row
const MINUTE_MS = 60_000;

export const spikeList = () =>
  mix(
    clockTick(),
    windowEdges(),
    rowSelection(),
    pagedList(
      function getPath() {
        return this.isPast ? "/api/rehearsals" : "/api/spike-schedules";
      },
      {
        sort: "standing",
        filters() {
          const which = this.isPast ? { is_over: true, sort: this.shownSort, state: this.result } : { status: this.status || "current" };
          return { ...which, collection_id: this.collection };
        },
        address: spikeUrlState,
        read: readItem,
      },
    ),
    collectionFilter(),
    spikeActions(),
    runningAgain(),
    pastSpikes(),
    {
      view: "table",
      status: "",
      startCountsRequest: requestSequence(),
      counts: { current: "", active: "", scheduled: "", past: "" },
      expandedIds: [],
      minute: Math.floor(serverNow() / MINUTE_MS),
      timelineFilter: { collection: "", search: "", status: "" }, // what the timeline shows
      announced: "",
      saved: null, // the spike that was just saved, if it is not on this page of the list
      savedAt: "",

      // Lifecycle

      init() {
        this.startClock();
        this.$watch("now", (now) => {
          const minute = Math.floor(now / MINUTE_MS);
          if (minute !== this.minute) this.minute = minute;
          if (now >= this.nextEdge) this.announce();
          this.reloadAtEdge(() => this.reload());
        });
        this.startList();
        this.loadCollections();
      },

      destroy() {
        this.stopClock();
        this.stopList();
      },

      onLoaded() {
        this.pruneSelection();
        const status = this.isPast ? "expired" : this.status;
        this.timelineFilter = { collection: this.collection, search: this.search, status };
        this.watchEdges(this.items);
        this.loadCounts();
        if (!this.isPast) this.showSaved();
      },

      // Actions

      reload() {
        return this.load();
      },

      /** Show the spike that was just saved first, if this page of the list does not contain it. */
      async showSaved() {
        const { id } = getHighlight();
        const isMissing = () => !this.items.some((item) => item.id === id);
        const here = [this.status, this.collection, this.search, this.sort, this.page].join();
        const isFirst = !this.savedAt;
        this.savedAt ||= here;
        if (!id || this.savedAt !== here) return;
        if (isFirst && isMissing() && !this.loadError) {
          const found = await get(`/api/spike-schedules/${id}`).catch(() => null);
          const copies = found?.spike_fields.filter((copy) => copy.is_overridden);
          this.saved = found && { ...found, spike_fields: copies };
        }
        if (this.saved && isMissing()) this.items = [this.saved, ...this.items];
        this.$nextTick(scrollToHighlight);
      },

      /** Announce to screen readers which badges have changed. */
      announce() {
        const changed = this.items.filter((spike) => spike.status !== this.getStatus(spike));
        this.announced = changed.map((spike) => `${spike.name}: ${this.getStatusLabel(spike)}.`).join(" ");
      },

      async loadCounts() {
        const isStale = this.startCountsRequest();
        const isWhole = this.collection === "" && this.search === "";
        try {
          const filters = { collection_id: this.collection, search: this.search };
          const [counts, past] = await Promise.all([
            get("/api/spike-schedules/counts", filters),
            get("/api/rehearsals", { ...filters, is_over: true, per_page: 1 }),
          ]);
          const whole = isWhole ? counts : await get("/api/spike-schedules/counts");
          if (isStale()) return;
          const { active, scheduled } = counts;
          this.counts = { current: active + scheduled, active, scheduled, past: past.total };
          showActive(whole.active);
        } catch {
          // Keep the numbers; the list itself reports the error.
        }
      },

      look(view) {
        this.view = view;
        this.load();
      },

      choose(status) {
        Object.assign(this, { status, sort: "standing", result: "" });
        this.filtersChanged();
      },

      filtersChanged() {
        this.page = 1;
        this.clearSelection();
        this.load();
      },

      clearFilters() {
        Object.assign(this, { status: this.isPast ? "past" : "", result: "", collection: "", collectionName: "", search: "" });
        this.filtersChanged();
      },

      async deleteSelected() {
        await (this.isPast ? this.deleteRecords(this.selectedItems) : this.deleteSpikes(this.selectedItems));
      },

      isSaved({ id }) {
        return id === getHighlight().id;
      },

      toggleExpanded({ id }) {
        this.expandedIds = this.expandedIds.includes(id) ? this.expandedIds.filter((each) => each !== id) : [...this.expandedIds, id];
      },

      // What a row shows

      getStatus(spike) {
        return getSpikeStatus(spike, this.now);
      },

      getStatusLabel(spike) {
        return spike.record ? getRecordBadge(spike.record).label : STATUS_LABELS[this.getStatus(spike)];
      },

      getBadgeClass(spike) {
        return spike.record ? getRecordBadge(spike.record).tone : this.getStatus(spike);
      },

      formatWindow(spike) {
        return formatWindow(spike.start_datetime, spike.end_datetime, this.minute * MINUTE_MS);
      },

      formatUtc(spike) {
        return formatUtcRange(spike.start_datetime, spike.end_datetime);
      },

      formatState(spike) {
        if (spike.record) return formatRecordState(spike.record, this.now);
        return formatWindowState(spike.start_datetime, spike.end_datetime, this.now);
      },

      getVisibleOverrides(spike) {
        return this.isExpanded(spike) ? spike.spike_fields : spike.spike_fields.slice(0, MAX_OVERRIDES);
      },

      formatOverride(copy) {
        return formatOverride(copy);
      },

      hasMore(spike) {
        return spike.spike_fields.length > MAX_OVERRIDES;
      },

      isExpanded({ id }) {
        return this.expandedIds.includes(id);
      },

      formatMore(spike) {
        return this.isExpanded(spike) ? "less" : `${spike.spike_fields.length - MAX_OVERRIDES} more`;
      },

      // Getters

      get segments() {
        const labels = { "": "Current", active: "Active", scheduled: "Scheduled", past: "Past" };
        return Object.entries(labels).map(([status, label]) => ({ status, label, count: this.counts[status || "current"] }));
      },

      get isPast() {
        return this.status === "past";
      },

      /** The sort order; past spikes have no status to sort by: the latest comes first. */
      get shownSort() {
        return this.isPast && this.sort.endsWith("standing") ? "-start_datetime" : this.sort;
      },

      get hasPastOnly() {
        return this.isEmpty && !this.isPast && this.counts.past > 0;
      },

      get pastText() {
        return formatCount(this.counts.past || 0, "past spike");
      },

      get isFiltered() {
        return Boolean((this.status && !this.isPast) || this.result || this.collection || this.search);
      },

      get searchLabel() {
        return this.isPast ? "Search names" : "Search names and fields";
      },

      get emptyText() {
        return this.isPast ? "No past spike matches these filters." : "No spike matches these filters.";
      },

      get createHref() {
        return withPrefix(this.collection ? `/spikes/new?collection=${this.collection}` : "/spikes/new");
      },

      get windowSort() {
        const start = this.ariaSort("start_datetime");
        return start === "none" ? this.ariaSort("end_datetime") : start;
      },

      sortBy(column) {
        return this.setFilter("sort", this.shownSort === column ? `-${column}` : column);
      },

      ariaSort(column) {
        if (this.shownSort === column) return "ascending";
        return this.shownSort === `-${column}` ? "descending" : "none";
      },
    },
  );
