// The window of a draft. Pure: the current time is a parameter.

import { getInstants, toInputValue } from "./local-time.js";
import { formatTime, formatTimeRange } from "./time.js";
import { MINUTE_MS, formatOffset, getZoneName } from "./time-zone.js";

const MIN_INSTANT = Date.UTC(1970, 0, 1);
export const MAX_INSTANT = Date.UTC(9999, 0, 1);

export const STARTS = [
  { id: "now", label: "Now" },
  { id: "in-5-min", label: "In 5 min" },
  { id: "in-1-h", label: "In 1 h" },
  { id: "tomorrow", label: "Tomorrow 9:00" },
  { id: "next-monday", label: "Next Monday 9:00" },
];

export const DURATIONS = [
  { length: 5 * MINUTE_MS, label: "5 min" },
  { length: 10 * MINUTE_MS, label: "10 min" },
  { length: 15 * MINUTE_MS, label: "15 min" },
  { length: 30 * MINUTE_MS, label: "30 min" },
  { length: 60 * MINUTE_MS, label: "1 h" },
  { length: 240 * MINUTE_MS, label: "4 h" },
];

export const floorMinute = (instant) => Math.floor(instant / MINUTE_MS) * MINUTE_MS;
export const ceilMinute = (instant) => Math.ceil(instant / MINUTE_MS) * MINUTE_MS;

/**
 * Create the draft of an existing window: `start` and `end` in milliseconds (null: incomplete), `startPreset` while the
 * start follows the clock, `length` while the end follows the start (null: the end was entered and is fixed).
 */
export function draftFromWindow(startIso, endIso) {
  const [start, end] = [Date.parse(startIso), Date.parse(endIso)];
  return { startPreset: "", start, end, length: end - start, lengthPreset: 0 };
}

/** Move the end with the start, if it follows the start. */
export function moveEnd(draft) {
  if (draft.length === null || draft.start === null) return draft;
  return { ...draft, end: draft.start + draft.length };
}

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

/** Set the window, for example by dragging; an unchanged duration keeps its preset. */
export function setWindow(draft, start, end) {
  const length = end - start;
  const keeps = length === draft.length;
  return { startPreset: "", start, end, length, lengthPreset: keeps ? draft.lengthPreset : 0 };
}

export const shortenTo = (draft, end) => ({ ...draft, end, length: null, lengthPreset: 0 });

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
  const errors = {};
  if (start === null) errors.start = "Enter a date and a time.";
  else if (isOutOfRange(start)) errors.start = "Must be between the years 1970 and 9998.";
  if (end === null) {
    if (start !== null || draft.length === null) errors.end = "Enter a date and a time.";
  } else if (isOutOfRange(end)) errors.end = "Must be between the years 1970 and 9998.";
  else if (start !== null && end <= start) errors.end = "Must be after the start.";
  else if (end <= now) errors.end = "Must be in the future.";
  return errors;
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

/** Format the times: "15:45–16:15", with "+1" if it ends on another day. */
export const formatWindowTimes = ({ start, end }) => formatTimeRange(start, end);
