// The window of the spike: presets, inputs, and what to do about a collision.

import { serverNow } from "../lib/server-clock.js";
import {
  LENGTHS,
  STARTS,
  collisionOf,
  draftOf,
  newDraft,
  place,
  pressLength,
  pressStart,
  shorten,
  slide,
  textOf,
  times,
  typeEnd,
  typeStart,
  windowAt,
} from "../lib/spike-window.js";
import { countdown, length, offset, utc, zoneName } from "../lib/time.js";

export const spikeWindow = () => ({
  starts: STARTS,
  lengths: LENGTHS,
  draft: { startPreset: "", start: null, end: null, length: null, lengthPreset: 0 },
  exact: [],

  // Actions

  /** A saved window; or a new one, as long as the one that it is `like`, from `start` on or in five minutes. */
  startWindow({ saved = null, like = null, start = "" }) {
    if (saved) {
      this.exact = [saved.start_datetime, saved.end_datetime];
      this.draft = draftOf(saved.start_datetime, saved.end_datetime);
      return;
    }
    const from = Date.parse(start);
    const wanted = Number.isNaN(from) ? { startPreset: "in-5-min" } : { start: from };
    if (like) {
      const seconds = (Date.parse(like.end_datetime) - Date.parse(like.start_datetime)) / 1000;
      wanted.length = Math.max(1, Math.round(seconds)) * 1000;
    }
    this.draft = newDraft(wanted, this.now);
  },

  /** A window that nobody has chosen yet does not begin with a collision. */
  giveWay() {
    if (!this.draft.startPreset) return;
    const free = collisionOf(this.draft, this.others, this.now)?.free;
    if (free) this.draft = place(this.draft, free.start, free.end);
  },

  slideWindow() {
    const before = this.draft;
    this.draft = slide(before, this.now);
    return this.draft.start !== before.start;
  },

  setWindow(draft) {
    this.draft = draft;
    this.touch("start", "end");
  },

  chooseStart(preset) {
    this.now = serverNow();
    this.setWindow(pressStart(this.draft, preset, this.now));
  },

  chooseLength(milliseconds) {
    this.setWindow(pressLength(this.draft, milliseconds));
  },

  typeStart(text) {
    this.setWindow(typeStart(this.draft, text));
  },

  typeEnd(text) {
    this.setWindow(typeEnd(this.draft, text));
  },

  // The remedies take effect at once: nobody waits for a check of what is known to be free.

  moveToFree() {
    const { start, end } = this.collision.free;
    this.draft = place(this.draft, start, end);
    this.check();
    this.focusStart();
  },

  shortenToFree() {
    this.draft = shorten(this.draft, this.collision.shortened);
    this.check();
    this.focusStart();
  },

  focusStart() {
    document.getElementById("spike-start")?.focus({ preventScroll: true });
  },

  // Getters

  get startText() {
    return textOf(this.draft.start);
  },

  get endText() {
    return textOf(this.draft.end);
  },

  get startUtc() {
    return utcWords(this.draft.start);
  },

  get endUtc() {
    return utcWords(this.draft.end);
  },

  get hasWindow() {
    const { start, end } = this.draft;
    return start !== null && end !== null && end > start;
  },

  get zone() {
    const { start, end } = this.draft;
    const at = (instant) => offset(instant ?? this.now);
    const changes = this.hasWindow && at(start) !== at(end);
    const offsets = changes ? `${at(start)}, ${at(end)} at the end` : at(start);
    return `${zoneName()} (${offsets})`;
  },

  get lengthWords() {
    return this.hasWindow ? length(this.draft.end - this.draft.start) : "";
  },

  /** "starts in 1 h 23 min", counting. */
  get standingOfDraft() {
    if (!this.hasWindow) return "";
    if (this.draft.startPreset === "now")
      return this.spike ? "starts when you save it" : "starts when you create it";
    const { start, end } = windowAt(this.draft, this.now);
    if (this.now < start)
      return `starts in ${start - this.now < 600_000 ? countdown(start - this.now) : length(start - this.now)}`;
    if (this.now >= end) return `ended ${length(this.now - end)} ago`;
    const begun = this.spike ? "" : "starts at once, ";
    return `${begun}ends in ${countdown(end - this.now)}`;
  },

  get collisionWords() {
    if (!this.collision) return "";
    const [first, ...more] = this.collision.conflicts;
    const rest = more.length ? ` and ${more.length} more` : "";
    return `Collides with “${first.name}”, ${times(first)}${rest}.`;
  },

  get moveWords() {
    return this.collision?.free
      ? `Move to ${dayOf(this.collision.free.start, this.draft.start)}${times(this.collision.free)}`
      : "";
  },

  get shortenWords() {
    const end = this.collision?.shortened;
    return end ? `Shorten to ${times({ start: this.draft.start, end })}` : "";
  },

  get firstInTheWay() {
    return this.collision?.conflicts[0] ?? { id: 0, name: "" };
  },
});

/** The day, where it is another one than before. */
function dayOf(instant, before) {
  if (new Date(instant).toDateString() === new Date(before).toDateString()) return "";
  return `${new Date(instant).toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "short" })} `;
}

const utcWords = (instant) =>
  instant === null ? "" : utc(Number(new Date(instant))).replace(/:00 UTC$/, " UTC");
