// The strip below the window: the draft among the collection's other windows.

import { formatWindowTimes, setWindow } from "../../lib/spike-window.js";
import { toPx } from "../../lib/time-axis.js";
import { buildWindowStrip, dragWindow, getVisibleRange } from "../../lib/window-strip.js";

const NARROW_PX = 460;
const EDGE_PX = 9; // width of the handles at both ends of the draft

// Not an x-ref: it is resolved from the clicked element, and a row that moves up is a new element.
const stripElement = () => document.getElementById("spike-strip");

export const spikeStrip = () => ({
  strip: { ticks: [], others: [], collisions: [], draft: null, free: null, now: 0, showsNow: false },
  dragState: null,

  // Lifecycle

  watchStrip() {
    if (!stripElement() || this.stopWatchingStrip) return;
    const watcher = new ResizeObserver(() => this.drawStrip());
    watcher.observe(stripElement());
    this.stopWatchingStrip = () => watcher.disconnect();
  },

  // Actions

  drawStrip() {
    const pixels = stripElement()?.clientWidth;
    if (!pixels || !this.hasWindow || !this.collection) return;
    const { start, end } = this.draft;
    this.strip = buildWindowStrip({
      draft: { start, end },
      others: this.others,
      collision: this.collision,
      now: this.now,
      pixels,
      isNarrow: pixels < NARROW_PX,
      range: this.dragState?.range,
    });
  },

  /** Start dragging the draft or one of its ends; the range stays fixed until the end of the drag. */
  grab(event) {
    if (this.isReadOnly || event.button !== 0) return;
    const box = event.currentTarget.getBoundingClientRect();
    const fromLeft = event.clientX - box.left;
    const edge = Math.min(EDGE_PX, box.width / 4);
    let part = "move";
    if (fromLeft < edge) part = "start";
    else if (fromLeft > box.width - edge) part = "end";
    const range = getVisibleRange(this.draft, this.collision?.free);
    const { start, end } = this.draft;
    this.dragState = { part, range, from: event.clientX, window: { start, end } };
    event.currentTarget.setPointerCapture(event.pointerId);
  },

  drag(event) {
    if (!this.dragState) return;
    const { part, range, from, window: before } = this.dragState;
    const pixels = stripElement().clientWidth;
    const by = ((event.clientX - from) / pixels) * (range.to - range.from);
    if (Math.abs(event.clientX - from) < 3 && !this.dragState.moved) return;
    this.dragState.moved = true;
    const { start, end } = dragWindow(before, part, by);
    if (start === this.draft.start && end === this.draft.end) return;
    this.draft = setWindow(this.draft, start, end);
    this.look();
    this.touch("start", "end");
  },

  drop() {
    if (!this.dragState) return;
    this.dragState = null;
    this.drawStrip();
  },

  // What the strip shows

  barStyle(bar) {
    return { left: toPx(bar.left), width: toPx(bar.right - bar.left) };
  },

  leftStyle(pixels) {
    return { left: toPx(pixels) };
  },

  labelStyle(bar) {
    return bar?.label ? { left: toPx(bar.label.left), width: toPx(bar.label.width) } : {};
  },

  describeBar(bar) {
    return `${bar.name}, ${formatWindowTimes(bar)}`;
  },

  // Getters

  get stripDay() {
    if (!this.hasWindow) return "";
    const date = new Date(this.draft.start).toLocaleDateString("en-GB", {
      weekday: "short",
      day: "numeric",
      month: "short",
    });
    return this.collection ? `${this.collection.name}, ${date.replace(",", "")}` : date;
  },
});
