// The window of a draft: presets, input, conflicts. Pure: the current time is a parameter.

import {
  findGap,
  formatOffset,
  formatTime,
  formatTimeRange,
  getInstantInDays,
  getInstants,
  getWeekday,
  getZoneName,
  resolveInput,
  toInputValue,
} from "./time.js";

const MINUTE_MS = 60_000;
const MIN_INSTANT = Date.UTC(1970, 0, 1);
const MAX_INSTANT = Date.UTC(9999, 0, 1);

export const STARTS = [
  { id: "now", label: "Now", after: 0 },
  { id: "in-5-min", label: "In 5 min", after: 5 * MINUTE_MS },
  { id: "in-1-h", label: "In 1 h", after: 60 * MINUTE_MS },
  { id: "tomorrow", label: "Tomorrow 9:00", days: () => 1 },
  { id: "next-monday", label: "Next Monday 9:00", days: (today) => (8 - today) % 7 || 7 },
];
const MORNING_HOUR = 9;

export const DURATIONS = [
  { length: 5 * MINUTE_MS, label: "5 min" },
  { length: 10 * MINUTE_MS, label: "10 min" },
  { length: 15 * MINUTE_MS, label: "15 min" },
  { length: 30 * MINUTE_MS, label: "30 min" },
  { length: 60 * MINUTE_MS, label: "1 h" },
  { length: 240 * MINUTE_MS, label: "4 h" },
];

const floorMinute = (instant) => Math.floor(instant / MINUTE_MS) * MINUTE_MS;
const ceilMinute = (instant) => Math.ceil(instant / MINUTE_MS) * MINUTE_MS;

/**
 * Create a draft: `start` and `end` in milliseconds (null: incomplete), `startPreset` while the start follows
 * the clock, `length` while the end follows the start (null: the end was entered and is fixed).
 */
export function newDraft({ start = null, startPreset = "", length = 15 * MINUTE_MS }, now) {
  const draft = { startPreset, start, end: null, length, lengthPreset: matchPreset(length) };
  return moveEnd(startPreset ? { ...draft, start: resolveStart(startPreset, now) } : draft);
}

/** Create the draft of an existing window. */
export function draftFromWindow(startIso, endIso) {
  const [start, end] = [Date.parse(startIso), Date.parse(endIso)];
  return { startPreset: "", start, end, length: end - start, lengthPreset: 0 };
}

const matchPreset = (length) => (DURATIONS.some((each) => each.length === length) ? length : 0);

function resolveStart(preset, now, zone = getZoneName()) {
  const { after, days } = STARTS.find(({ id }) => id === preset);
  if (days) return getInstantInDays(days(getWeekday(now, zone)), MORNING_HOUR, now, zone);
  return after ? ceilMinute(now + after) : floorMinute(now);
}

/** Move the end with the start, if it follows the start. */
function moveEnd(draft) {
  if (draft.length === null || draft.start === null) return draft;
  return { ...draft, end: draft.start + draft.length };
}

/** Apply a start preset; the duration stays the same. */
export function applyStartPreset(draft, preset, now, zone = getZoneName()) {
  const known = draft.start !== null && draft.end > draft.start;
  const length = draft.length ?? (known ? draft.end - draft.start : 15 * MINUTE_MS);
  const lengthPreset = draft.length === null ? 0 : draft.lengthPreset;
  return moveEnd({ ...draft, startPreset: preset, start: resolveStart(preset, now, zone), length, lengthPreset });
}

/** Apply a duration; the start stays the same. */
export const applyDuration = (draft, length) => moveEnd({ ...draft, length, lengthPreset: matchPreset(length) });

/** Let an active spike end after this time from now. */
export const applyRemaining = (draft, length, now) => ({
  ...draft,
  end: Math.floor(now / 1000) * 1000 + length,
  length: null,
  lengthPreset: matchPreset(length),
});

/** Apply a typed start. `before` is the value before typing: a small change keeps its UTC offset. */
export const applyStartText = (draft, text, before = draft.start, zone = getZoneName()) =>
  setStart(draft, resolveInput(text, { before }, zone));

export const applyEndText = (draft, text, before = draft.end, zone = getZoneName()) =>
  setEnd(draft, resolveInput(text, { before, after: draft.start }, zone));

export const setStart = (draft, start) => moveEnd({ ...draft, startPreset: "", start });

export const setEnd = (draft, end) => ({ ...draft, end, length: null, lengthPreset: 0 });

/** Return both instants if the local time of this instant occurs twice; otherwise an empty list. */
export function getAmbiguousTimes(instant, zone = getZoneName()) {
  const found = instant === null ? [] : getInstants(toInputValue(instant, zone), zone);
  if (found.length < 2) return [];
  const [face] = formatTime(found[0], zone).split(" ");
  return found.map((at, index) => ({
    at: at + (((instant % 1000) + 1000) % 1000),
    label: `${["First", "Second"][index]} ${face}`,
    offset: formatOffset(at, zone),
  }));
}

/** Describe which time is used instead of one that the clocks skip; empty if it exists. */
export function formatSkippedTime(text, zone = getZoneName()) {
  const gap = findGap(text, zone);
  if (!gap) return "";
  const used = toInputValue(resolveInput(text, {}, zone), zone).slice(11);
  return `${text.slice(11)} does not exist that day: clocks go from ${gap.from} to ${gap.to}. ${used} is used instead.`;
}

/** Set the window, for example by dragging; an unchanged duration keeps its preset. */
export function setWindow(draft, start, end) {
  const length = end - start;
  const keeps = length === draft.length;
  return { startPreset: "", start, end, length, lengthPreset: keeps ? draft.lengthPreset : 0 };
}

export const shortenTo = (draft, end) => ({ ...draft, end, length: null, lengthPreset: 0 });

/** Let the start follow the clock while a start preset is selected. */
export function followClock(draft, now) {
  if (!draft.startPreset) return draft;
  const start = resolveStart(draft.startPreset, now);
  // "Tomorrow" means another day after midnight: keep the date that was chosen.
  if (STARTS.some(({ id, days }) => days && id === draft.startPreset))
    return start === draft.start ? draft : { ...draft, startPreset: "" };
  return start === draft.start ? draft : moveEnd({ ...draft, start });
}

/** Return the window as it would be created now: "Now" is this second, not the minute that the input shows. */
export function resolveWindow(draft, now) {
  if (draft.startPreset !== "now") return { start: draft.start, end: draft.end };
  return { start: now, end: draft.length === null ? draft.end : now + draft.length };
}

/** Return the value of a date input. */
export const toText = (instant) => (instant === null ? "" : toInputValue(instant));

/** Return the errors of the window by input. */
export function validateWindow(draft, now) {
  const { start, end } = resolveWindow(draft, now);
  const faults = {};
  if (start === null) faults.start = "Enter a date and a time.";
  else if (isOutOfRange(start)) faults.start = "Must be between the years 1970 and 9998.";
  if (end === null) {
    if (start !== null || draft.length === null) faults.end = "Enter a date and a time.";
  } else if (isOutOfRange(end)) faults.end = "Must be between the years 1970 and 9998.";
  else if (start !== null && end <= start) faults.end = "Must be after the start.";
  else if (end <= now) faults.end = "Must be in the future.";
  return faults;
}

const isOutOfRange = (instant) => instant < MIN_INSTANT || instant >= MAX_INSTANT;

/**
 * Return the request body of the window. "Now" sends no start, so that the spike starts at the server's current
 * time.
 */
export function toWindowBody(draft, exact = []) {
  const end = { end_datetime: toIso(draft.end, exact) };
  if (draft.startPreset !== "now") return { start_datetime: toIso(draft.start, exact), ...end };
  return draft.length === null ? end : { duration: Math.max(1, Math.round(draft.length / 1000)) };
}

/** Format as ISO 8601. If one of `exact` is the same millisecond, it is used, because it may have microseconds. */
export const toIso = (instant, exact = []) =>
  exact.find((iso) => Date.parse(iso) === instant) ?? new Date(instant).toISOString();

// Conflicts

/** Return the window of a spike in milliseconds; microseconds round its end up. */
export function toOccupied(spike) {
  const ends = Date.parse(spike.end_datetime);
  const finer = /\.\d{3}\d*[1-9]/.test(spike.end_datetime) ? 1 : 0;
  return { id: spike.id, name: spike.name, start: Date.parse(spike.start_datetime), end: ends + finer };
}

/**
 * Return the spikes that the window overlaps, with two remedies: `free`, the next free window of this length, and
 * `shortened`, an end before the first conflict. Remedies can be null; so is the result without a conflict.
 */
export function findCollision({ start, end }, others, now) {
  const overlaps = (from, to) => others.filter((other) => other.start < to && from < other.end);
  const conflicts = overlaps(start, end).sort((one, other) => one.start - other.start);
  if (!conflicts.length) return null;
  const first = conflicts[0].start;
  const neat = floorMinute(first);
  const shortened = neat > start ? neat : first;
  return {
    conflicts,
    free: findFreeSlot(start, end - start, others, overlaps),
    shortened: shortened > start && shortened > now ? shortened : null,
  };
}

// Prefer a whole minute if it is free too.
function findFreeSlot(start, length, others, overlaps) {
  let free = start;
  for (const other of [...others].sort((one, another) => one.start - another.start)) {
    if (free + length <= other.start) break;
    free = Math.max(free, other.end);
  }
  const neat = ceilMinute(free);
  const at = overlaps(neat, neat + length).length ? free : neat;
  return at + length < MAX_INSTANT ? { start: at, end: at + length } : null;
}

/** Format the times: "15:45–16:15", with "+1" if it ends on another day. */
export const formatWindowTimes = ({ start, end }) => formatTimeRange(start, end);
