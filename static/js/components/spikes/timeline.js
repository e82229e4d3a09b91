// The timeline: lanes of collections with their spikes. lib/timeline.js calculates positions.

import { get } from "../../lib/api.js";
import { getHighlight, scrollToHighlight } from "../../lib/highlight.js";
import { withPrefix } from "../../lib/base.js";
import { pagedList } from "../../lib/list.js";
import { mix } from "../../lib/mix.js";
import { windowEdges } from "../../lib/window-edges.js";
import { serverNow } from "../../lib/server-clock.js";
import { formatPollTime } from "../../lib/spike-format.js";
import { getSpikeStatus } from "../../lib/spike-status.js";
import { getProps, getUser } from "../../lib/page-data.js";
import { clockTick } from "../../lib/clock-tick.js";
import { buildDayLabels, buildLaneBars, buildNowLine, buildOutside, findFreeSlot } from "../../lib/timeline.js";
import { ZOOMS, buildTimelineTicks, createView, formatRange, getVisibleRange } from "../../lib/timeline.js";
import { formatCount, formatNumber } from "../../lib/numbers.js";

const LANES_PER_PAGE = 25;
const MINUTE_MS = 60_000;
const PHONE_WIDTH_PX = 640;
const STORAGE_KEY = "timeline-hours";
const FONTS = { label: "600 11px", day: "600 12px", pill: "600 11px" };
const NO_SLOT = { id: 0, left: "", label: "" };
const NO_FILTER = { collection: "", search: "", status: "" };
const NONE_OUTSIDE = { earlier: null, later: null };

export const timeline = () =>
  mix(
    clockTick(),
    windowEdges(),
    pagedList("/api/timeline", {
      sort: "name",
      perPage: LANES_PER_PAGE,
      filters() {
        return { ...this.period(), collection_id: this.filter.collection };
      },
    }),
    {
      hours: hoursAtFirst(),
      isBrief: false, // on the dashboard: one page, the lanes that matter next first
      shift: 0,
      lanes: [],
      ticks: [],
      dayNames: [],
      nowLine: { isSeen: false, line: {}, past: {}, label: "" },
      hoverSlot: NO_SLOT,
      filter: NO_FILTER,
      drawing: null,
      drawnAt: 0,
      watcher: null,
      reload: null,
      isFirstLoad: true,

      // Lifecycle

      init() {
        const { lanes = 0 } = getProps(this.$el);
        if (lanes) Object.assign(this, { isBrief: true, perPage: lanes, sort: "standing" });
        this.startClock();
        this.$watch("now", () => this.tick());
        this.watcher = new ResizeObserver(() => this.draw());
        this.watcher.observe(this.$refs.plot);
        document.fonts.ready.then(() => this.draw());
        this.reload = () => this.load();
        document.addEventListener("spikes-changed", this.reload);
        this.shift = this.getShift(Date.parse(getHighlight().start));
        this.startList();
      },

      destroy() {
        this.stopClock();
        this.stopList();
        this.watcher.disconnect();
        document.removeEventListener("spikes-changed", this.reload);
      },

      onLoaded() {
        if (this.isFirstLoad) this.showSaved();
        this.isFirstLoad = false;
        this.watchEdges(this.items.flatMap(({ spike, spikes }) => (spike ? [spike, ...spikes] : spikes)));
        this.draw();
        this.$nextTick(scrollToHighlight);
      },

      /** Show the spike that was just saved: its lane comes first if it is not on this page. */
      async showSaved() {
        const { id, collection } = getHighlight();
        if (!id || this.loadError || this.items.some((item) => item.id === collection)) return;
        const found = await get("/api/timeline", { ...this.period(), collection_id: collection }).catch(() => null);
        if (!found?.items.length || this.items.some((item) => item.id === collection)) return;
        this.items = [...found.items, ...this.items];
        this.draw();
        this.$nextTick(scrollToHighlight);
      },

      /** Return how many visible ranges an instant is away. */
      getShift(instant) {
        const { from, to } = getVisibleRange(serverNow(), this.hours);
        return Number.isNaN(instant) ? 0 : Math.floor((instant - from) / (to - from));
      },

      period() {
        const { from, to } = this.span();
        return { from: iso(from), to: iso(to) };
      },

      /** Draw again each minute, and at the second when a spike starts or ends. */
      tick() {
        if (this.now >= this.nextEdge || Math.floor(this.now / MINUTE_MS) !== this.drawnAt) this.draw();
        this.reloadAtEdge(() => this.load());
      },

      // Actions

      zoom(hours) {
        this.hours = hours;
        this.shift = 0;
        localStorage.setItem(STORAGE_KEY, hours);
        this.look();
      },

      earlier() {
        this.shift -= 1;
        this.look();
      },

      later() {
        this.shift += 1;
        this.look();
      },

      toNow() {
        this.shift = 0;
        this.look();
      },

      look() {
        this.draw();
        return this.load();
      },

      /** Show the range with the nearest spike outside of this one, and focus its bar. */
      async goOutside(lane, { start }) {
        this.shift = this.getShift(Date.parse(start));
        await this.look();
        const found = this.items.find(({ id }) => id === lane.id)?.spikes.find((spike) => spike.start_datetime === start);
        if (found) this.$nextTick(() => document.getElementById(`bar-${found.id}`)?.focus());
      },

      /** Apply the filter of the page; other spikes stay visible, but dimmed. */
      filterBy(filter) {
        if (JSON.stringify(filter) === JSON.stringify(this.filter)) return;
        const isAsked = filter.search !== this.search || filter.collection !== this.filter.collection;
        this.filter = { ...filter };
        this.search = filter.search;
        if (isAsked) this.page = 1;
        queueMicrotask(() => (isAsked ? this.load() : this.draw()));
      },

      draw() {
        const pixels = this.$refs.axis?.clientWidth;
        if (!pixels) return;
        const view = createView(this.span(), { now: serverNow(), pixels, measure });
        this.drawnAt = Math.floor(view.now / MINUTE_MS);
        this.drawing = view;
        this.ticks = buildTimelineTicks(view);
        this.dayNames = buildDayLabels(view);
        this.nowLine = buildNowLine(view);
        this.lanes = this.items.map((item) => this.buildLane(item, view));
      },

      buildLane(item, view) {
        const isSpiking = item.spike !== null && getSpikeStatus(item.spike, view.now) === "active";
        const last = item.last_polled_at;
        const polled = last ? `polled ${formatPollTime(last, view.now)}` : "never polled";
        return {
          id: item.id,
          name: item.name,
          href: withPrefix(`/collections/${item.id}`),
          create: withPrefix(`/spikes/new?collection=${item.id}`),
          dot: isSpiking ? "spiking" : last && "polled",
          dotText: isSpiking ? `spiking, ${polled}` : polled,
          bars: buildLaneBars(item.spikes, view, (spike) => this.isDimmed(item, spike)).map((bar) =>
            bar.id === getHighlight().id ? { ...bar, classes: `${bar.classes} is-highlighted-bar` } : bar,
          ),
          ...(this.isNarrowed ? buildOutside(item) : NONE_OUTSIDE),
        };
      },

      isDimmed(item, spike) {
        const { status, search } = this.filter;
        if (status && getSpikeStatus(spike, serverNow()) !== status) return true;
        const isFound = ({ name }) => name.toLowerCase().includes(search.toLowerCase());
        // A lane can also match by the name of a field: then none of its spikes is dimmed.
        return !isFound(item) && item.spikes.some(isFound) && !isFound(spike);
      },

      /** Show the slot that a click would use. */
      hover(event, lane) {
        const offer = this.getSlot(event, lane);
        this.hoverSlot = offer ? { id: lane.id, left: offer.left, label: offer.label } : NO_SLOT;
      },

      unhover() {
        this.hoverSlot = NO_SLOT;
      },

      createAtSlot(event, lane) {
        const offer = this.getSlot(event, lane);
        if (!offer) return;
        const start = offer.start ? `&start=${encodeURIComponent(offer.start)}` : "";
        window.location.assign(`${lane.create}${start}`);
      },

      getSlot(event, lane) {
        if (!getUser().mayWrite || !this.drawing || event.target.closest("a, button")) return null;
        const left = event.clientX - event.currentTarget.getBoundingClientRect().left;
        const { spikes } = this.items.find(({ id }) => id === lane.id) ?? { spikes: [] };
        return findFreeSlot(left, spikes, { ...this.drawing, now: serverNow() });
      },

      span() {
        return getVisibleRange(serverNow(), this.hours, this.shift);
      },

      // Getters

      get zooms() {
        return ZOOMS;
      },

      get summary() {
        const words = formatRange(getVisibleRange(this.drawnAt * MINUTE_MS, this.hours, this.shift));
        if (!this.total) return words;
        const shown = this.isBrief && this.isPaged ? `${this.perPage} of ` : "";
        return `${shown}${formatCount(this.total, "collection")}, ${words}`;
      },

      get isPaged() {
        return this.total > this.perPage;
      },

      get allText() {
        return `All ${formatNumber(this.total)} collections`;
      },

      /** Return whether the lanes were searched for: then spikes outside of the range are offered. */
      get isNarrowed() {
        return this.filter.search !== "" || this.filter.collection !== "";
      },

      get isNew() {
        return this.isEmpty && !this.isFiltered && this.filter.collection === "";
      },
    },
  );

const iso = (instant) => new Date(instant).toISOString();

function hoursAtFirst() {
  const stored = Number(localStorage.getItem(STORAGE_KEY));
  if (ZOOMS.some(({ hours }) => hours === stored)) return stored;
  return window.innerWidth <= PHONE_WIDTH_PX ? 48 : 120;
}

let pen = null;
function measure(text, kind) {
  pen ??= document.createElement("canvas").getContext("2d");
  pen.font = `${FONTS[kind]} "Inter Variable", system-ui, sans-serif`;
  return pen.measureText(text).width;
}
