// The page of a spike: what is planned, what happens now, what happened.

import { post, get } from "../../lib/api.js";
import { startAutoRefresh } from "../../lib/auto-refresh.js";
import { withPrefix } from "../../lib/base.js";
import { copyText } from "../../lib/clipboard.js";
import { clockTick } from "../../lib/clock-tick.js";
import { formatCountdown, formatDuration } from "../../lib/durations.js";
import { toast } from "../../lib/layout-events.js";
import { mix } from "../../lib/mix.js";
import { formatCount } from "../../lib/numbers.js";
import { getProps } from "../../lib/page-data.js";
import { requestSequence } from "../../lib/request-sequence.js";
import { showIfSlow } from "../../lib/slow-loading.js";
import { formatChange, toCreateBody } from "../../lib/spike-format.js";
import { PAGE_LABELS, getSpikeStatus } from "../../lib/spike-status.js";
import { formatDateTime, formatUtcRange, formatWindow } from "../../lib/time.js";
import { windowEdges } from "../../lib/window-edges.js";
import { toastOnNextPage } from "../layout/toasts.js";
import { spikeActions } from "./actions.js";

const COPIED_FOR_MS = 2000;

export const spikeReport = () =>
  mix(clockTick(), windowEdges(), spikeActions(), {
    props: { id: 0, name: "" },
    spike: null, // the schedule, with its overridden copies only
    startRequest: requestSequence(),
    isReady: false,
    isGone: false,
    isSlow: false,
    loadError: "",
    isLinkCopied: false,

    // Lifecycle

    init() {
      Object.assign(this.props, getProps(this.$el));
      this.startClock();
      this.$watch("now", () => this.reloadAtEdge(() => this.reload()));
      this.stopAutoRefresh = startAutoRefresh(() => this.reload());
      this.load();
    },

    destroy() {
      this.stopClock();
      this.stopAutoRefresh();
    },

    // Actions

    load() {
      return showIfSlow(this, this.reload());
    },

    /** Load the spike again. If it is gone, the page keeps what it shows. */
    async reload() {
      if (this.isGone) return;
      const isStale = this.startRequest();
      try {
        const spike = await get(`/api/spike-schedules/${this.props.id}`);
        if (isStale()) return;
        this.spike = { ...spike, spike_fields: spike.spike_fields.filter((copy) => copy.is_overridden) };
        Object.assign(this, { isReady: true, loadError: "" });
        this.watchEdges([spike]);
      } catch (problem) {
        if (isStale()) return;
        this.isGone = problem.status === 404;
        if (!this.isGone || !this.spike) this.loadError = problem.message;
      }
    },

    /** Offer to undo the deletion. The page keeps what it shows. */
    offerBack(deleted) {
      const mayReturn = this.isEditable;
      this.isGone = true;
      toast(`“${this.name}” deleted.`, mayReturn ? () => this.bringBack(deleted) : null);
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

    async copyLink() {
      const { origin, pathname } = window.location;
      this.isLinkCopied = await copyText(origin + pathname);
      setTimeout(() => {
        this.isLinkCopied = false;
      }, COPIED_FOR_MS);
    },

    // Getters

    get name() {
      return this.spike?.name ?? this.props.name;
    },

    get status() {
      if (!this.spike) return "";
      return this.isGone ? "expired" : getSpikeStatus(this.spike, this.now);
    },

    get badge() {
      if (this.isGone) return this.now < this.startAt ? "Deleted" : "Ended";
      return PAGE_LABELS[this.status] ?? "";
    },

    get isActive() {
      return this.status === "active";
    },

    get isPlanned() {
      return this.status === "scheduled";
    },

    get isEditable() {
      return this.isActive || this.isPlanned;
    },

    get startAt() {
      return Date.parse(this.spike?.start_datetime);
    },

    get endAt() {
      return Date.parse(this.spike?.end_datetime);
    },

    get windowText() {
      if (!this.spike) return "";
      return `${formatWindow(this.startAt, this.endAt, this.now)} (${formatDuration(this.endAt - this.startAt)})`;
    },

    get utc() {
      return this.spike ? formatUtcRange(this.startAt, this.endAt) : "";
    },

    get countdownLabel() {
      return { active: "Ends in", scheduled: "Starts in" }[this.status] ?? "";
    },

    get countdown() {
      if (!this.isEditable) return "";
      return formatCountdown((this.isActive ? this.endAt : this.startAt) - this.now);
    },

    get countdownNote() {
      if (!this.isEditable) return "";
      return this.isActive ? `at ${formatDateTime(this.endAt, this.now)}` : `at ${formatDateTime(this.startAt, this.now)}`;
    },

    get progress() {
      return this.spike ? Math.min(1, Math.max(0, (this.now - this.startAt) / (this.endAt - this.startAt))) : 0;
    },

    get progressText() {
      return this.spike ? `${formatDuration(Math.max(0, this.now - this.startAt))} of ${formatDuration(this.endAt - this.startAt)}` : "";
    },

    get changes() {
      const copies = this.spike?.spike_fields ?? [];
      return copies.map((copy) => ({ id: copy.original_field_id, name: copy.field_name, ...formatChange(copy) }));
    },

    get changesText() {
      return this.isReady ? formatCount(this.changes.length, "field") : "";
    },

    get linkLabel() {
      return this.isLinkCopied ? "Copied" : "Copy link";
    },
  });
