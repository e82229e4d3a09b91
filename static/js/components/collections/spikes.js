// A collection's spikes: the active one, the next one, and a strip of the hours around now.

import { get } from "../../lib/api.js";
import { withPrefix } from "../../lib/base.js";
import { getHighlight, scrollToHighlight } from "../../lib/highlight.js";
import { buildDayStrip } from "../../lib/day-strip.js";
import { getExtensions } from "../../lib/spike-format.js";
import { getSpikeStatus } from "../../lib/spike-status.js";
import { endSpike, extendSpike, getUndoOfEnd } from "../../lib/spike-changes.js";
import { formatWindowState } from "../../lib/durations.js";
import { formatTime, formatUtcRange, formatWindow } from "../../lib/time.js";
import { toast } from "../../lib/layout-events.js";
import { readItem } from "../../lib/rehearsal-spike.js";
import { formatCount } from "../../lib/numbers.js";

const MAX_LISTED = 50;

export const collectionSpikes = () => ({
  spikes: [],
  spikesTotal: 0, // active and scheduled ones
  pastTotal: 0,
  stripKey: "",
  activeId: 0,
  nextId: 0,
  strip: { ticks: [], bars: [], now: "0%" },
  busy: false,

  // Actions

  async fetchSpikes() {
    const path = `/api/collections/${this.collection.id}/spike-schedules`;
    return Promise.all([
      get(path, { status: "active", per_page: 1 }),
      get(path, { status: "scheduled", sort: "start_datetime", per_page: MAX_LISTED }),
      get("/api/rehearsals", { collection_id: this.collection.id, is_over: true, per_page: MAX_LISTED }),
    ]);
  },

  showSpikes([active, coming, past]) {
    const ended = past.items.filter(({ state }) => state !== "cancelled").map(readItem);
    this.spikes = [...ended, ...active.items, ...coming.items];
    Object.assign(this, { spikesTotal: active.total + coming.total, pastTotal: past.total });
    this.stripKey = "";
    this.$nextTick(scrollToHighlight);
  },

  /** Check once a second whether a window has started or ended, and update the page only then. */
  updateEdges() {
    const find = (status) => this.spikes.find((spike) => this.getStatus(spike) === status)?.id ?? 0;
    const active = find("active");
    const next = find("scheduled");
    const hasChanged = this.isLoaded && active !== this.activeId;
    Object.assign(this, { activeId: active, nextId: next });
    const key = `${active} ${next} ${Math.floor(this.now / 30_000)}`;
    if (key !== this.stripKey) this.drawStrip();
    this.stripKey = key;
    if (hasChanged) this.refresh().then(() => this.takeSample());
  },

  drawStrip() {
    const pixels = this.$refs.strip?.clientWidth;
    if (pixels) this.strip = buildDayStrip(this.spikes, this.now, pixels);
  },

  watchWidth() {
    const watcher = new ResizeObserver(() => this.drawStrip());
    watcher.observe(this.$refs.strip);
    this.stopWatchingWidth = () => watcher.disconnect();
  },

  extend(extension) {
    const spike = this.active;
    return this.changeSpike(async () => {
      const { outcome, answer } = await extendSpike(spike, extension);
      if (outcome === "saved") toast(`“${spike.name}” extended to ${formatTime(answer.end_datetime)}.`);
    });
  },

  end() {
    const spike = this.active;
    return this.changeSpike(async () => {
      const { outcome, answer } = await endSpike(spike);
      const words = `“${spike.name}” ended. The next poll returns normal values.`;
      if (outcome === "saved") toast(words, getUndoOfEnd(spike, answer));
    });
  },

  async changeSpike(action) {
    if (this.busy) return;
    this.busy = true;
    await this.showErrors(async () => {
      await action();
      await this.fetch();
    });
    this.busy = false;
  },

  // What the panel shows

  getStatus(spike) {
    return getSpikeStatus(spike, this.now);
  },

  isSaved({ id }) {
    return id === getHighlight().id;
  },

  formatWindow(spike) {
    return formatWindow(spike.start_datetime, spike.end_datetime, this.now).replace(/^Today/, "today");
  },

  formatUtc(spike) {
    return formatUtcRange(spike.start_datetime, spike.end_datetime);
  },

  // Getters

  get active() {
    return this.spikes.find(({ id }) => id === this.activeId) ?? null;
  },

  get nextSpike() {
    return this.spikes.find(({ id }) => id === this.nextId) ?? null;
  },

  /** Return the next spike that the strip does not show. */
  get laterSpike() {
    const shown = this.strip.bars.map(({ id }) => id);
    return this.spikes.find((spike) => spike.status === "scheduled" && !shown.includes(spike.id)) ?? null;
  },

  /** Return the spike that was just saved, if nothing else in the panel shows it. */
  get savedElsewhere() {
    const shown = [...this.strip.bars.map(({ id }) => id), this.laterSpike?.id, (this.active ?? this.nextSpike)?.id];
    return this.spikes.find((spike) => this.isSaved(spike) && !shown.includes(spike.id)) ?? null;
  },

  get stateText() {
    const spike = this.active ?? this.nextSpike;
    return spike ? formatWindowState(spike.start_datetime, spike.end_datetime, this.now) : "";
  },

  /** Return the overrides of the active spike by field id. */
  get overrides() {
    return Object.fromEntries(
      (this.active?.spike_fields ?? []).map((copy) => [copy.original_field_id, copy]),
    );
  },

  get extensions() {
    return this.active ? getExtensions(this.active, this.nextSpike, this.now) : [];
  },

  /** Return the spike that ended last, if none is active or scheduled. */
  get lastSpike() {
    return this.active || this.nextSpike ? null : (this.spikes.find(({ record }) => record) ?? null);
  },

  get lastText() {
    return this.lastSpike ? formatWindowState(this.lastSpike.start_datetime, this.lastSpike.end_datetime, this.now) : "";
  },

  get hasSpikes() {
    return this.spikesTotal + this.pastTotal > 0;
  },

  get allSpikesUrl() {
    const only = this.spikesTotal === 1 ? this.spikes.find(({ record }) => !record) : null;
    return withPrefix(only ? `/spikes/${only.id}` : `/spikes?collection=${this.collection.id}`);
  },

  get pastUrl() {
    return withPrefix(`/spikes?status=past&collection=${this.collection.id}`);
  },

  get pastText() {
    return formatCount(this.pastTotal, "past spike");
  },

  get allSpikesText() {
    return this.spikesTotal === 1 ? "Open spike" : `All ${formatCount(this.spikesTotal, "spike")}`;
  },
});
