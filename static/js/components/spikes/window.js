// The window of the spike: presets, inputs, and what to do about a collision.

import { serverNow } from "../../lib/server-clock.js";
import {
  LENGTHS,
  STARTS,
  collisionOf,
  draftOf,
  endAt,
  endIn,
  newDraft,
  place,
  pressLength,
  pressStart,
  shorten,
  skippedWords,
  slide,
  startAt,
  textOf,
  times,
  twice,
  typeEnd,
  typeStart,
  windowAt,
} from "../../lib/spike-window.js";
import { countdown, length, lengthText, offset, utc, zoneName } from "../../lib/time.js";

const NOT_TYPING = { part: "", text: null, before: null };
const NOTHING = { words: "", at: null };

export const spikeWindow = () => ({
  starts: STARTS,
  lengths: LENGTHS,
  draft: { startPreset: "", start: null, end: null, length: null, lengthPreset: 0 },
  exact: [],
  // What is being typed, as it is: a time that the clocks skip is only moved when the input is left.
  typing: NOT_TYPING,
  skipped: { start: NOTHING, end: NOTHING },
  typedLength: "",
  lengthFault: "",
  reading: null,

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
    Object.assign(this, { draft, typedLength: "", lengthFault: "" });
    this.touch("start", "end", "length");
  },

  chooseStart(preset) {
    this.now = serverNow();
    this.setWindow(pressStart(this.draft, preset, this.now));
  },

  chooseLength(milliseconds) {
    this.now = serverNow();
    this.setWindow(this.lasting(milliseconds));
  },

  /** The draft with this length; of a spike that is on it counts from now. */
  lasting(milliseconds) {
    return this.isOn ? endIn(this.draft, milliseconds, this.now) : pressLength(this.draft, milliseconds);
  },

  /** Somebody is at an input: what stands there now is what small changes are measured by. */
  enter(part) {
    this.typing = { part, text: null, before: this.draft[part] };
  },

  leave(part) {
    if (this.typing.part === part) this.typing = NOT_TYPING;
  },

  typeStart(text) {
    this.typed("start", text, typeStart);
  },

  typeEnd(text) {
    this.typed("end", text, typeEnd);
  },

  typed(part, text, take) {
    if (this.typing.part !== part) this.enter(part);
    this.typing.text = text;
    this.setWindow(take(this.draft, text, this.typing.before));
    this.skipped[part] = { words: skippedWords(text), at: this.draft[part] };
  },

  /** What reads lengths is loaded when somebody is about to type one. */
  readLengths: () => import("../../lib/length-text.js"),

  typeLength(text) {
    this.typedLength = text;
    this.reading = this.readLengths().then(({ lengthFrom }) => {
      if (text !== this.typedLength) return; // typed on meanwhile
      const { length: milliseconds, fault } = lengthFrom(text);
      if (!fault) this.chooseLength(milliseconds);
      Object.assign(this, { typedLength: text, lengthFault: fault });
      this.touch("length");
    });
  },

  /** A length that could be read is shown as it is written elsewhere. */
  async tidyLength() {
    await this.reading;
    if (this.lengthFault && this.typedLength) return;
    Object.assign(this, { typedLength: "", lengthFault: "" });
    this.touch("length");
  },

  /** Of a time that comes twice: the first or the second. */
  chooseTwin(part, { at }) {
    this.leave(part);
    this.setWindow(part === "start" ? startAt(this.draft, at) : endAt(this.draft, at));
  },

  isTwin(part, { at }) {
    return this.draft[part] === at;
  },

  /** What became of a time that the clocks skip, until something else stands there. */
  skippedIn(part) {
    const { words, at } = this.skipped[part];
    return at === this.draft[part] ? words : "";
  },

  /** What the input shows: what is being typed, as it is. */
  textIn(part) {
    const { part: at, text } = this.typing;
    return at === part && text !== null ? text : textOf(this.draft[part]);
  },

  twinWords(twins) {
    return twins.length ? `${twins[0].label.split(" ")[1]} comes twice that day.` : "";
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

  get startTwins() {
    return twice(this.draft.start);
  },

  get endTwins() {
    return twice(this.draft.end);
  },

  /** Whether it is a saved spike that is on: how long it goes on is what counts then. */
  get isOn() {
    return this.status === "active" && this.draft.start !== null && this.draft.start <= this.now;
  },

  get lengthLabel() {
    return this.isOn ? "Ends in" : "Length";
  },

  get lengthShown() {
    if (this.typedLength || this.lengthFault) return this.typedLength;
    return this.hasWindow && !this.isOn ? lengthText(this.draft.end - this.draft.start) : "";
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
