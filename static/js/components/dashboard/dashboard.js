// The dashboard: active and next spikes. They move from one list to the other at the second.

import { withPrefix } from "../../lib/base.js";
import { get } from "../../lib/api.js";
import { showActive } from "../../lib/active-count.js";
import { getHighlight, scrollToHighlight } from "../../lib/highlight.js";
import { mix } from "../../lib/mix.js";
import { windowEdges } from "../../lib/window-edges.js";
import { requestSequence } from "../../lib/request-sequence.js";
import { startAutoRefresh } from "../../lib/auto-refresh.js";
import { serverNow } from "../../lib/server-clock.js";
import { showIfSlow } from "../../lib/slow-loading.js";
import { formatChange, formatFieldNames } from "../../lib/spike-format.js";
import { getSpikeStatus } from "../../lib/spike-status.js";
import { clockTick } from "../../lib/clock-tick.js";
import { formatCountdown, formatDuration } from "../../lib/durations.js";
import { formatShortDateTime, formatShortWindow, formatUtcRange } from "../../lib/time.js";
import { formatCount, formatNumber } from "../../lib/numbers.js";
import { askCollection } from "../collections/dialog.js";
import { firstSteps } from "./first-steps.js";
import { spikeActions } from "../spikes/actions.js";
import { toastOnNextPage } from "../layout/toasts.js";

const MAX_FETCHED = 20;
const MAX_ACTIVE = 5;
const MAX_NEXT = 5;
const MAX_CHANGES = 4;

export const dashboard = () =>
  mix(clockTick(), windowEdges(), spikeActions(), firstSteps(), {
    spikes: [],
    startSpikesRequest: requestSequence(),
    active: [],
    nextSpikes: [],
    activeTotal: 0,
    scheduledTotal: 0,
    placedIds: "",
    isLoaded: false,
    isSlow: false,
    loadError: "",
    announced: "",

    // Lifecycle

    init() {
      this.startClock();
      this.$watch("now", () => this.tick());
      this.stopAutoRefresh = startAutoRefresh(() => this.reload());
      showIfSlow(this, this.reload());
    },

    destroy() {
      this.stopClock();
      this.stopAutoRefresh();
    },

    tick() {
      this.placeSpikes();
      this.reloadAtEdge(() => {
        this.reload();
        document.dispatchEvent(new Event("spikes-changed"));
      });
    },

    // Actions

    async reload() {
      try {
        await Promise.all([this.loadSpikes(), this.loadSteps()]);
        this.isLoaded = true;
        this.loadError = "";
      } catch (problem) {
        this.loadError = problem.message;
      }
    },

    async loadSpikes() {
      const path = "/api/spike-schedules";
      const isStale = this.startSpikesRequest();
      const [active, scheduled] = await Promise.all([
        get(path, { status: "active", sort: "end_datetime", per_page: MAX_FETCHED }),
        get(path, { status: "scheduled", sort: "start_datetime", per_page: MAX_FETCHED }),
      ]);
      if (isStale()) return;
      // A spike that starts between the two responses is in both.
      const seen = new Map([...scheduled.items, ...active.items].map((spike) => [spike.id, spike]));
      this.spikes = [...seen.values()].map(shown);
      Object.assign(this, { activeTotal: active.total, scheduledTotal: scheduled.total, placedIds: "" });
      this.watchEdges(this.spikes);
      this.placeSpikes();
      showActive(active.total);
    },

    /** Put each spike into its list at this second; change nothing if nothing moved. */
    placeSpikes() {
      const now = serverNow();
      const of = (status, by) => this.filterByStatus(status, now).sort((one, other) => one[by] - other[by]);
      const active = of("active", "end").slice(0, MAX_ACTIVE);
      const coming = of("scheduled", "start").slice(0, MAX_NEXT);
      const placed = [active, coming].map((spikes) => spikes.map(({ id }) => id).join()).join(";");
      if (placed === this.placedIds) return;
      this.announce(active);
      Object.assign(this, { placedIds: placed, active, nextSpikes: coming });
      this.$nextTick(scrollToHighlight);
    },

    announce(active) {
      const began = active.filter(({ id }) => !this.active.some((each) => each.id === id));
      const ended = this.active.filter(({ id }) => !active.some((each) => each.id === id));
      if (!this.isLoaded) return;
      const words = (spikes, verb) => spikes.map(({ name }) => `${name} ${verb}.`);
      const all = [...words(began, "is active"), ...words(ended, "has ended")];
      if (all.length) this.announced = all.join(" ");
    },

    async createCollection() {
      const made = await askCollection({ mode: "create" });
      if (!made) return;
      toastOnNextPage(`“${made.name}” created.`);
      window.location.assign(withPrefix(`/collections/${made.id}`));
    },

    filterByStatus(status, now) {
      return this.spikes.filter((spike) => getSpikeStatus(spike, now) === status);
    },

    // What a row shows

    isSaved({ id }) {
      return id === getHighlight().id;
    },

    getProgress({ start, end }) {
      return Math.min(1, Math.max(0, (this.now - start) / (end - start)));
    },

    formatProgress({ start, end }) {
      return `${formatDuration(Math.max(0, this.now - start))} of ${formatDuration(end - start)}`;
    },

    formatCountdown({ end }) {
      return formatCountdown(end - this.now);
    },

    formatStartsIn({ start }) {
      return formatDuration(Math.max(0, start - this.now));
    },

    formatWindow(spike) {
      return formatShortWindow(spike.start, spike.end, this.now);
    },

    // Getters

    get activeText() {
      return `${formatCount(Math.max(this.activeTotal, this.active.length), "spike")} active`;
    },

    get allActiveText() {
      return `All ${formatNumber(this.activeTotal)} active`;
    },

    get scheduledText() {
      return this.scheduledTotal === 1 ? "1 scheduled" : `All ${formatNumber(this.scheduledTotal)} scheduled`;
    },

    get moreActive() {
      return this.activeTotal > MAX_ACTIVE;
    },
  });

/** Return a spike with the texts of its row that do not depend on the current second. */
function shown(spike) {
  const [start, end] = [Date.parse(spike.start_datetime), Date.parse(spike.end_datetime)];
  const change = (copy) => ({ id: copy.id, name: copy.field_name, ...formatChange(copy) });
  const changes = spike.spike_fields.map(change);
  return {
    ...spike,
    start,
    end,
    changes: changes.slice(0, MAX_CHANGES),
    more: changes.length - MAX_CHANGES,
    about: `${spike.collection_name} · ${formatFieldNames(spike)}`,
    ends: `ends ${formatShortDateTime(end, serverNow())}`,
    utc: formatUtcRange(start, end),
  };
}
