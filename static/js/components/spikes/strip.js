// The strip under the window: where the draft stands among the collection's other windows.

import { place, times } from "../../lib/spike-window.js";
import { dragged, scaleOf, stripOf } from "../../lib/window-strip.js";

const NARROW = 460;
const EDGE = 9; // pixels at either end of the draft that move that end

// Not by x-ref: that is looked up from the element that was clicked, and a row that moves up is a new element.
const stripElement = () => document.getElementById("spike-strip");
const per = (share) => `${share.toFixed(3)}%`;

export const spikeStrip = () => ({
  strip: { ticks: [], others: [], collisions: [], draft: null, free: null, now: 0, showsNow: false },
  hold: null,

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
    this.strip = stripOf({
      draft: { start, end },
      others: this.others,
      collision: this.collision,
      now: this.now,
      pixels,
      narrow: pixels < NARROW,
      scale: this.hold?.scale,
    });
  },

  /** Take hold of the draft, or of one of its ends; the scale stands still until it is let go. */
  grab(event) {
    if (this.isReadOnly || event.button !== 0) return;
    const box = event.currentTarget.getBoundingClientRect();
    const fromLeft = event.clientX - box.left;
    const edge = Math.min(EDGE, box.width / 4);
    let part = "move";
    if (fromLeft < edge) part = "start";
    else if (fromLeft > box.width - edge) part = "end";
    const scale = scaleOf(this.draft, this.collision?.free);
    const { start, end } = this.draft;
    this.hold = { part, scale, from: event.clientX, window: { start, end } };
    event.currentTarget.setPointerCapture(event.pointerId);
  },

  drag(event) {
    if (!this.hold) return;
    const { part, scale, from, window: before } = this.hold;
    const pixels = stripElement().clientWidth;
    const by = ((event.clientX - from) / pixels) * (scale.to - scale.from);
    if (Math.abs(event.clientX - from) < 3 && !this.hold.moved) return;
    this.hold.moved = true;
    const { start, end } = dragged(before, part, by);
    if (start === this.draft.start && end === this.draft.end) return;
    this.draft = place(this.draft, start, end);
    this.look();
    this.touch("start", "end");
  },

  drop() {
    if (!this.hold) return;
    this.hold = null;
    this.drawStrip();
  },

  // What the strip shows

  spanOf(bar) {
    return { left: per(bar.left), width: per(bar.right - bar.left) };
  },

  leftOf(share) {
    return { left: per(share) };
  },

  labelOf(bar) {
    if (!bar?.label) return {};
    const { place: at, left, right } = bar.label;
    return at === "left"
      ? { right: per(right) }
      : { left: per(left), maxWidth: at === "inside" ? per(bar.right - bar.left) : "none" };
  },

  wordsOf(bar) {
    return `${bar.name}, ${times(bar)}`;
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
