// The page of a spike: what is planned, what happens now, what happened. It shows the spike's record, which outlives
// the schedule.

import { get, post } from "../../lib/api.js";
import { startAutoRefresh } from "../../lib/auto-refresh.js";
import { withPrefix } from "../../lib/base.js";
import { copyText } from "../../lib/clipboard.js";
import { clockTick } from "../../lib/clock-tick.js";
import { toast } from "../../lib/layout-events.js";
import { mix } from "../../lib/mix.js";
import { getProps } from "../../lib/page-data.js";
import { toSpike } from "../../lib/rehearsal-spike.js";
import { requestSequence } from "../../lib/request-sequence.js";
import { showIfSlow } from "../../lib/slow-loading.js";
import { toCreateBody } from "../../lib/spike-format.js";
import { windowEdges } from "../../lib/window-edges.js";
import { toastOnNextPage } from "../layout/toasts.js";
import { spikeActions } from "./actions.js";
import { spikeReportLanes } from "./report-lanes.js";
import { spikeReportView } from "./report-view.js";
import { loadedOnDemand, runningAgain } from "./run-again.js";

const COPIED_FOR_MS = 2000;
const LIVE_EVERY_MS = 5000; // how often the page of an active spike is loaded
const LIVE_AFTER_END_MS = 300_000; // receipts of the last polls come up to a minute late

export const spikeReport = () =>
  mix(clockTick(), windowEdges(), spikeActions(), spikeReportLanes(), runningAgain(), spikeReportView(), {
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
    },

    /** Offer to undo the deletion of a spike whose window has not ended. */
    offerBack(deleted) {
      toast(`“${this.name}” deleted.`, () => this.bringBack(deleted));
    },

    /** Create the deleted spike again, and open its page. */
    async bringBack([spike]) {
      try {
        const made = await post("/api/spike-schedules", toCreateBody(spike));
        toastOnNextPage(`“${made.name}” restored.`);
        window.location.assign(withPrefix(`/spikes/${made.id}`));
      } catch (problem) {
        this.error = `“${spike.name}” could not be restored. ${problem.message}`;
      }
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

    /** Whether polls may still be added: from the start to some minutes after the end. */
    get isLive() {
      return this.now >= this.startAt && this.now < this.endAt + LIVE_AFTER_END_MS;
    },
  });
