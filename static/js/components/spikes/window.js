// The window of the spike: presets and inputs.

import { UNREACHABLE } from "../../lib/api.js";
import { serverNow } from "../../lib/server-clock.js";
import {
  DURATIONS,
  STARTS,
  draftFromWindow,
  getAmbiguousTimes,
  resolveWindow,
  setEnd,
  setStart,
  toText,
} from "../../lib/spike-window.js";
import { formatCountdown, formatDuration, toDurationText } from "../../lib/durations.js";
import { formatUtc } from "../../lib/time.js";
import { formatOffset, getZoneName } from "../../lib/time-zone.js";

const NOT_TYPING = { part: "", text: null, before: null };
const NOTHING = { words: "", at: null };

// Of window-presets.js, once it is loaded.
let presets = null;

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
  async startWindow({ saved = null, like = null, start = "" }) {
    if (saved) {
      this.exact = [saved.start_datetime, saved.end_datetime];
      this.draft = draftFromWindow(saved.start_datetime, saved.end_datetime);
      return;
    }
    const from = Date.parse(start);
    const preset = Number.isNaN(from) ? { startPreset: "in-5-min" } : { start: from };
    if (like) {
      const seconds = (Date.parse(like.end_datetime) - Date.parse(like.start_datetime)) / 1000;
      preset.length = Math.max(1, Math.round(seconds)) * 1000;
    }
    await this.loadPresets();
    this.draft = presets.newDraft(preset, this.now);
  },

  /** Let the start follow the clock while a preset is chosen; return whether it has changed. */
  slideWindow() {
    const before = this.draft;
    if (before.startPreset) this.draft = presets.followClock(before, this.now);
    return this.draft.start !== before.start;
  },

  setWindow(draft) {
    Object.assign(this, { draft, typedDuration: "", durationError: "" });
    this.touch("start", "end", "length");
  },

  chooseStart(preset) {
    return this.changeWindow(() => presets.applyStartPreset(this.draft, preset, this.now));
  },

  chooseDuration(milliseconds) {
    return this.changeWindow(() => presets.changeDuration(this.draft, milliseconds, this.now, this.isActive));
  },

  async changeWindow(change) {
    try {
      await this.loadPresets();
    } catch {
      this.error = UNREACHABLE;
      return;
    }
    this.now = serverNow();
    this.setWindow(change());
  },

  async loadPresets() {
    presets ??= await import("../../lib/window-presets.js");
  },

  /** Start typing into an input; small changes are relative to its current value. */
  startTyping(part) {
    this.typing = { part, text: null, before: this.draft[part] };
    this.loadParser();
  },

  stopTyping(part) {
    if (this.typing.part === part) this.typing = NOT_TYPING;
  },

  typeTime(part, text) {
    if (this.typing.part !== part) this.startTyping(part);
    this.typing.text = text;
    const { before } = this.typing;
    this.parse((parser) => parser.applyTime(this, part, text, before));
  },

  typeDuration(text) {
    this.typedDuration = text;
    this.parse((parser) => parser.applyDuration(this, text));
  },

  /** Load the parser when an input gets the focus. */
  loadParser: () => import("./parsing.js").catch(() => null),

  /** Apply what was typed after everything that was typed before it. */
  parse(apply) {
    const before = this.parsing;
    this.parsing = (async () => {
      await before;
      const parser = await this.loadParser();
      if (parser) apply(parser);
      else this.error = UNREACHABLE;
    })();
  },

  /** Normalize a valid duration when the user leaves the input. */
  async tidyDuration() {
    await this.parsing;
    if (this.durationError && this.typedDuration) return;
    Object.assign(this, { typedDuration: "", durationError: "" });
    this.touch("length");
  },

  /** Choose the first or the second instant of an ambiguous time. */
  chooseRepeat(part, { at }) {
    this.stopTyping(part);
    this.setWindow(part === "start" ? setStart(this.draft, at) : setEnd(this.draft, at));
  },

  isChosenRepeat(part, { at }) {
    return this.draft[part] === at;
  },

  /** Return the note on a time that the clocks skip, until the input changes. */
  getSkippedText(part) {
    const { words, at } = this.skippedTimes[part];
    return at === this.draft[part] ? words : "";
  },

  /** Return the text of an input; while typing, unchanged. */
  getInputText(part) {
    const { part: typedPart, text } = this.typing;
    return typedPart === part && text !== null ? text : toText(this.draft[part]);
  },

  formatRepeatedTime(instants) {
    return instants.length ? `${instants[0].label.split(" ")[1]} occurs twice that day.` : "";
  },

  // Getters

  get startRepeats() {
    return getAmbiguousTimes(this.draft.start);
  },

  get endRepeats() {
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
    const format = (instant) => formatOffset(instant ?? this.now);
    const changes = this.hasWindow && format(start) !== format(end);
    const offsets = changes ? `${format(start)}, ${format(end)} at the end` : format(start);
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

});

const formatInputUtc = (instant) =>
  instant === null ? "" : formatUtc(Number(new Date(instant))).replace(/:00 UTC$/, " UTC");
