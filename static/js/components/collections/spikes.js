// A collection's spikes: the one that is on, the next one, and a strip of the hours round now.

import { get } from "../../lib/api.js";
import { getHighlight, scrollToHighlight } from "../../lib/highlight.js";
import { buildDayStrip } from "../../lib/day-strip.js";
import { endSpike, extendSpike } from "../../lib/spike-changes.js";
import { formatTime, formatWindowState, getWindowStatus, formatUtc, formatWindow } from "../../lib/time.js";
import { toast } from "../../lib/toast.js";
import { formatCount } from "../../lib/numbers.js";

const SHOWN = 50;
const DAY = 86_400;
const EXTENSIONS = [
  { seconds: 300, label: "5 min" },
  { seconds: 900, label: "15 min" },
  { seconds: 3600, label: "1 h" },
];

export const collectionSpikes = () => ({
  spikes: [],
  spikesTotal: 0,
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
      get(path, { status: "scheduled", sort: "start_datetime", per_page: SHOWN }),
      get(path, { status: "expired", sort: "-end_datetime", per_page: SHOWN }),
    ]);
  },

  showSpikes([active, coming, past]) {
    this.spikes = [...past.items, ...active.items, ...coming.items];
    this.spikesTotal = active.total + coming.total + past.total;
    this.stripKey = "";
    this.$nextTick(scrollToHighlight);
  },

  /** Once a second: has a window begun or ended? Then everything that shows it changes, otherwise nothing. */
  updateEdges() {
    const at = (spike) => this.getStatus(spike);
    const active = this.spikes.find((spike) => at(spike) === "active")?.id ?? 0;
    const next = this.spikes.find((spike) => at(spike) === "scheduled")?.id ?? 0;
    const turned = this.isLoaded && active !== this.activeId;
    Object.assign(this, { activeId: active, nextId: next });
    const key = `${active} ${next} ${Math.floor(this.now / 30_000)}`;
    if (key !== this.stripKey) this.drawStrip();
    this.stripKey = key;
    if (turned) this.refresh().then(() => this.takeSample());
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

  extend({ seconds }) {
    const spike = this.active;
    return this.changeSpike(async () => {
      const { outcome, answer } = await extendSpike(spike, { body: { duration: seconds } });
      if (outcome === "saved") toast(`“${spike.name}” extended to ${formatTime(answer.end_datetime)}.`);
    });
  },

  end() {
    const spike = this.active;
    return this.changeSpike(async () => {
      const { outcome } = await endSpike(spike);
      if (outcome === "saved") toast(`“${spike.name}” ended. The next poll returns normal values.`);
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

  /** By this clock; but what the server has seen begin has begun, and what it has seen end has ended. */
  getStatus(spike) {
    const own = getWindowStatus(spike.start_datetime, spike.end_datetime, this.now);
    if (spike.status === "expired") return "expired";
    return spike.status === "active" && own === "scheduled" ? "active" : own;
  },

  isSaved({ id }) {
    return id === getHighlight().id;
  },

  formatWindow(spike) {
    return formatWindow(spike.start_datetime, spike.end_datetime, this.now).replace(/^Today/, "today");
  },

  formatUtc(spike) {
    return `${formatUtc(spike.start_datetime)} to ${formatUtc(spike.end_datetime)}`;
  },

  // Getters

  get active() {
    return this.spikes.find(({ id }) => id === this.activeId) ?? null;
  },

  get nextSpike() {
    return this.spikes.find(({ id }) => id === this.nextId) ?? null;
  },

  /** The next one that the strip does not show. */
  get laterSpike() {
    const shown = this.strip.bars.map(({ id }) => id);
    return this.spikes.find((spike) => spike.status === "scheduled" && !shown.includes(spike.id)) ?? null;
  },

  /** What was just saved, where nothing else in the panel shows it. */
  get savedElsewhere() {
    const shown = [...this.strip.bars.map(({ id }) => id), this.laterSpike?.id, (this.active ?? this.nextSpike)?.id];
    return this.spikes.find((spike) => this.isSaved(spike) && !shown.includes(spike.id)) ?? null;
  },

  get stateText() {
    const spike = this.active ?? this.nextSpike;
    return spike ? formatWindowState(spike.start_datetime, spike.end_datetime, this.now) : "";
  },

  /** Overridden copies of the active spike, by the id of their field. */
  get overrides() {
    return Object.fromEntries(
      (this.active?.spike_fields ?? []).map((copy) => [copy.original_field_id, copy]),
    );
  },

  /** How far the active spike can be extended: not into the next one. */
  get extensions() {
    const limit = this.nextSpike ? Date.parse(this.nextSpike.start_datetime) : Infinity;
    const end = Date.parse(this.active?.end_datetime);
    const fixed = EXTENSIONS.map((each) => {
      const reaches = end + each.seconds * 1000 > limit;
      return { ...each, reaches, why: reaches ? `“${this.nextSpike.name}” starts at ${formatTime(limit)}` : "" };
    });
    const seconds = Math.floor((limit - end) / 1000);
    if (!Number.isFinite(seconds) || seconds < 1 || seconds > DAY) return fixed;
    return [...fixed, { seconds, label: `Up to “${this.nextSpike.name}”`, reaches: false, why: "" }];
  },

  get allSpikesText() {
    return this.spikesTotal === 1 ? "Open spike" : `All ${formatCount(this.spikesTotal, "spike")}`;
  },
});
