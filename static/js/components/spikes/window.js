// The window of the spike: presets, inputs, and remedies for a collision.

import { serverNow } from "../../lib/server-clock.js";
import {
  DURATIONS,
  STARTS,
  applyDuration,
  applyEndText,
  applyRemaining,
  applyStartPreset,
  applyStartText,
  draftFromWindow,
  findCollision,
  followClock,
  formatSkippedTime,
  formatWindowTimes,
  getAmbiguousTimes,
  newDraft,
  resolveWindow,
  setEnd,
  setStart,
  setWindow,
  shortenTo,
  toText,
} from "../../lib/spike-window.js";
import {
  formatCountdown,
  formatDuration,
  formatOffset,
  formatUtc,
  getZoneName,
  toDurationText,
} from "../../lib/time.js";

const NOT_TYPING = { part: "", text: null, before: null };
const NOTHING = { words: "", at: null };

export const spikeWindow = () => ({
  starts: STARTS,
  durations: DURATIONS,
  draft: { startPreset: "", start: null, end: null, length: null, lengthPreset: 0 },
  exact: [],
  // The text while it is typed. A time that the clocks skip is only moved when the user leaves the input.
  typing: NOT_TYPING,
  skippedTimes: { start: NOTHING, end: NOTHING },
  typedDuration: "",
  durationError: "",
  parsing: null,

  // Actions

  /** Initialize the window: a saved one, or a new one from `start` or in five minutes, with the duration of `like`. */
  startWindow({ saved = null, like = null, start = "" }) {
    if (saved) {
      this.exact = [saved.start_datetime, saved.end_datetime];
      this.draft = draftFromWindow(saved.start_datetime, saved.end_datetime);
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

  /** Move the default window to a free slot, so that a new form has no collision. */
  avoidConflicts() {
    if (!this.draft.startPreset) return;
    const free = findCollision(this.draft, this.others, this.now)?.free;
    if (free) this.draft = setWindow(this.draft, free.start, free.end);
  },

  slideWindow() {
    const before = this.draft;
    this.draft = followClock(before, this.now);
    return this.draft.start !== before.start;
  },

  setWindow(draft) {
    Object.assign(this, { draft, typedDuration: "", durationError: "" });
    this.touch("start", "end", "length");
  },

  chooseStart(preset) {
    this.now = serverNow();
    this.setWindow(applyStartPreset(this.draft, preset, this.now));
  },

  chooseDuration(milliseconds) {
    this.now = serverNow();
    this.setWindow(this.withDuration(milliseconds));
  },

  /** Return the draft with this duration; for an active spike it counts from now. */
  withDuration(milliseconds) {
    return this.isActive ? applyRemaining(this.draft, milliseconds, this.now) : applyDuration(this.draft, milliseconds);
  },

  /** Start typing into an input; small changes are relative to its current value. */
  startTyping(part) {
    this.typing = { part, text: null, before: this.draft[part] };
  },

  stopTyping(part) {
    if (this.typing.part === part) this.typing = NOT_TYPING;
  },

  typeStart(text) {
    this.applyText("start", text, applyStartText);
  },

  typeEnd(text) {
    this.applyText("end", text, applyEndText);
  },

  applyText(part, text, take) {
    if (this.typing.part !== part) this.startTyping(part);
    this.typing.text = text;
    this.setWindow(take(this.draft, text, this.typing.before));
    this.skippedTimes[part] = { words: formatSkippedTime(text), at: this.draft[part] };
  },

  /** Load the parser of durations when the input is focused. */
  loadParser: () => import("../../lib/duration-text.js"),

  typeDuration(text) {
    this.typedDuration = text;
    this.parsing = this.loadParser().then(({ parseDuration }) => {
      if (text !== this.typedDuration) return; // the text has changed in the meantime
      const { length: milliseconds, error } = parseDuration(text);
      if (!error) this.chooseDuration(milliseconds);
      Object.assign(this, { typedDuration: text, durationError: error });
      this.touch("length");
    });
  },

  /** Normalize a valid duration when the user leaves the input. */
  async tidyDuration() {
    await this.parsing;
    if (this.durationError && this.typedDuration) return;
    Object.assign(this, { typedDuration: "", durationError: "" });
    this.touch("length");
  },

  /** Choose the first or the second instant of an ambiguous time. */
  chooseTwin(part, { at }) {
    this.stopTyping(part);
    this.setWindow(part === "start" ? setStart(this.draft, at) : setEnd(this.draft, at));
  },

  isChosenTwin(part, { at }) {
    return this.draft[part] === at;
  },

  /** Return the note on a time that the clocks skip, until the input changes. */
  getSkippedText(part) {
    const { words, at } = this.skippedTimes[part];
    return at === this.draft[part] ? words : "";
  },

  /** Return the text of an input; while typing, unchanged. */
  getInputText(part) {
    const { part: at, text } = this.typing;
    return at === part && text !== null ? text : toText(this.draft[part]);
  },

  formatTwins(twins) {
    return twins.length ? `${twins[0].label.split(" ")[1]} occurs twice that day.` : "";
  },

  // Remedies are applied without a check, because their slots are known to be free.

  moveToFree() {
    const { start, end } = this.collision.free;
    this.draft = setWindow(this.draft, start, end);
    this.check();
    this.focusStart();
  },

  shortenToFree() {
    this.draft = shortenTo(this.draft, this.collision.shortened);
    this.check();
    this.focusStart();
  },

  focusStart() {
    document.getElementById("spike-start")?.focus({ preventScroll: true });
  },

  // Getters

  get startTwins() {
    return getAmbiguousTimes(this.draft.start);
  },

  get endTwins() {
    return getAmbiguousTimes(this.draft.end);
  },

  /** Return whether the spike is saved and active; then durations count from now. */
  get isActive() {
    return this.status === "active" && this.draft.start !== null && this.draft.start <= this.now;
  },

  get durationLabel() {
    return this.isActive ? "Ends in" : "Duration";
  },

  get durationInput() {
    if (this.typedDuration || this.durationError) return this.typedDuration;
    return this.hasWindow && !this.isActive ? toDurationText(this.draft.end - this.draft.start) : "";
  },

  get startUtc() {
    return formatInputUtc(this.draft.start);
  },

  get endUtc() {
    return formatInputUtc(this.draft.end);
  },

  get hasWindow() {
    const { start, end } = this.draft;
    return start !== null && end !== null && end > start;
  },

  get zone() {
    const { start, end } = this.draft;
    const at = (instant) => formatOffset(instant ?? this.now);
    const changes = this.hasWindow && at(start) !== at(end);
    const offsets = changes ? `${at(start)}, ${at(end)} at the end` : at(start);
    return `${getZoneName()} (${offsets})`;
  },

  get durationText() {
    return this.hasWindow ? formatDuration(this.draft.end - this.draft.start) : "";
  },

  /** Format the state of the draft: "starts in 1 h 23 min". */
  get draftState() {
    if (!this.hasWindow) return "";
    if (this.draft.startPreset === "now")
      return this.spike ? "starts when you save it" : "starts when you create it";
    const { start, end } = resolveWindow(this.draft, this.now);
    if (this.now < start)
      return `starts in ${start - this.now < 600_000 ? formatCountdown(start - this.now) : formatDuration(start - this.now)}`;
    if (this.now >= end) return `ended ${formatDuration(this.now - end)} ago`;
    const begun = this.spike ? "" : "starts at once, ";
    return `${begun}ends in ${formatCountdown(end - this.now)}`;
  },

  get collisionText() {
    if (!this.collision) return "";
    const [first, ...more] = this.collision.conflicts;
    const rest = more.length ? ` and ${more.length} more` : "";
    return `Collides with “${first.name}”, ${formatWindowTimes(first)}${rest}.`;
  },

  get moveText() {
    return this.collision?.free
      ? `Move to ${formatOtherDay(this.collision.free.start, this.draft.start)}${formatWindowTimes(this.collision.free)}`
      : "";
  },

  get shortenText() {
    const end = this.collision?.shortened;
    return end ? `Shorten to ${formatWindowTimes({ start: this.draft.start, end })}` : "";
  },

  get firstConflict() {
    return this.collision?.conflicts[0] ?? { id: 0, name: "" };
  },
});

/** Format the day, if it differs from the previous one. */
function formatOtherDay(instant, before) {
  if (new Date(instant).toDateString() === new Date(before).toDateString()) return "";
  return `${new Date(instant).toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "short" })} `;
}

const formatInputUtc = (instant) =>
  instant === null ? "" : formatUtc(Number(new Date(instant))).replace(/:00 UTC$/, " UTC");
