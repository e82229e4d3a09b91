// The page of a spike: what is planned, what happens now, what happened. It shows the spike's record, which outlives
// the schedule.

import { get } from "../../lib/api.js";
import { startAutoRefresh } from "../../lib/auto-refresh.js";
import { copyText } from "../../lib/clipboard.js";
import { clockTick } from "../../lib/clock-tick.js";
import { mix } from "../../lib/mix.js";
import { getProps } from "../../lib/page-data.js";
import { toSpike } from "../../lib/rehearsal-spike.js";
import { requestSequence } from "../../lib/request-sequence.js";
import { showIfSlow } from "../../lib/slow-loading.js";
import { windowEdges } from "../../lib/window-edges.js";
import { spikeActions } from "./actions.js";
import { spikeReportLanes } from "./report-lanes.js";
import { spikeReportVerdict } from "./report-verdict.js";
import { spikeReportView } from "./report-view.js";
import { loadedOnDemand, runningAgain } from "./run-again.js";

const COPIED_FOR_MS = 2000;
const LIVE_EVERY_MS = 5000; // how often the page of an active spike is loaded
const LIVE_AFTER_END_MS = 300_000; // receipts of the last polls come up to a minute late

export const spikeReport = () =>
  mix(clockTick(), windowEdges(), spikeActions(), spikeReportLanes(), runningAgain(), spikeReportVerdict(), spikeReportView(), {
    props: { id: 0, schedule: 0, name: "" },
    record: null,
    spike: null, // the record as a spike with its overridden copies
    startRequest: requestSequence(),
    loadedAt: 0,
    isGone: false,
    isSlow: false,
    loadError: "",
    isLinkCopied: false,
    announced: "",

    // Lifecycle

    init() {
      Object.assign(this.props, getProps(this.$el));
      this.startClock();
      this.$watch("now", () => this.tick());
      this.stopAutoRefresh = startAutoRefresh(() => this.reload());
      this.watchLanes();
      this.load();
    },

    destroy() {
      this.stopClock();
      this.stopAutoRefresh();
      this.stopWatchingLanes();
    },

    tick() {
      if (!this.record || this.isGone) return;
      this.reloadAtEdge(() => this.reload());
      const isVisible = document.visibilityState === "visible";
      if (this.isLive && isVisible && this.now - this.loadedAt >= LIVE_EVERY_MS) this.reload();
      if (this.isActive) this.drawLanes();
    },

    // Actions

    load() {
      return showIfSlow(this, this.reload());
    },

    /** Load the record again. If it is gone, the page keeps what it shows. */
    async reload() {
      if (this.isGone) return;
      const isStale = this.startRequest();
      this.loadedAt = this.now;
      try {
        const record = await get(`/api/rehearsals/${this.props.id}`);
        if (!isStale()) this.show(record);
      } catch (problem) {
        if (isStale()) return;
        this.isGone = problem.status === 404 && this.record !== null;
        if (!this.isGone) this.loadError = problem.message;
      }
    },

    show(record) {
      const before = this.badge;
      Object.assign(this, { record, spike: toSpike(record), loadError: "" });
      this.watchEdges([this.spike]);
      if (before && before !== this.badge) this.announced = `${record.name}: ${this.badge}.`;
      this.$nextTick(() => this.drawLanes());
      this.loadRuns();
    },

    deleteRecord: loadedOnDemand("deleteRecord"),

    /** Delete the spike, or its record once it is over. */
    deleteThis() {
      return this.isOver ? this.deleteRecord() : this.deleteSpikes([this.spike]);
    },

    async copyLink() {
      const { origin, pathname } = window.location;
      this.isLinkCopied = await copyText(origin + pathname);
      setTimeout(() => {
        this.isLinkCopied = false;
      }, COPIED_FOR_MS);
    },

    // Getters

    /** Whether something may still arrive: from the start to some minutes after the end or the last deadline. */
    get isLive() {
      const { decided_by: decided, settled_at: settled } = this.record;
      const end = decided && !settled ? Math.max(this.endAt, Date.parse(decided)) : this.endAt;
      return this.now >= this.startAt && this.now < end + LIVE_AFTER_END_MS;
    },
  });
