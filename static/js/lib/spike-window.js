// The window of a spike that is being written: presets, typing, what is in its way. Pure: the time is given.

import { clock, gapOf, inDays, instantsOf, meant, offset, times as timesOf, toInput, weekday, zoneName } from "./time.js";

const MINUTE = 60_000;
const EARLIEST = Date.UTC(1970, 0, 1);
const LATEST = Date.UTC(9999, 0, 1);

export const STARTS = [
  { id: "now", label: "Now", after: 0 },
  { id: "in-5-min", label: "In 5 min", after: 5 * MINUTE },
  { id: "in-1-h", label: "In 1 h", after: 60 * MINUTE },
  { id: "tomorrow", label: "Tomorrow 9:00", days: () => 1 },
  { id: "next-monday", label: "Next Monday 9:00", days: (today) => (8 - today) % 7 || 7 },
];
const MORNING = 9;

export const LENGTHS = [
  { length: 5 * MINUTE, label: "5 min" },
  { length: 10 * MINUTE, label: "10 min" },
  { length: 15 * MINUTE, label: "15 min" },
  { length: 30 * MINUTE, label: "30 min" },
  { length: 60 * MINUTE, label: "1 h" },
  { length: 240 * MINUTE, label: "4 h" },
];

const floorMinute = (instant) => Math.floor(instant / MINUTE) * MINUTE;
const ceilMinute = (instant) => Math.ceil(instant / MINUTE) * MINUTE;

/**
 * A draft: `start` and `end` in milliseconds (null: incomplete), `startPreset` while the start follows
 * the clock, `length` while the end follows the start (null: the end was typed and stays).
 */
export function newDraft({ start = null, startPreset = "", length = 15 * MINUTE }, now) {
  const draft = { startPreset, start, end: null, length, lengthPreset: presetOf(length) };
  return follow(startPreset ? { ...draft, start: startOf(startPreset, now) } : draft);
}

/** The draft of a window that is there already. */
export function draftOf(startIso, endIso) {
  const [start, end] = [Date.parse(startIso), Date.parse(endIso)];
  return { startPreset: "", start, end, length: end - start, lengthPreset: 0 };
}

const presetOf = (length) => (LENGTHS.some((each) => each.length === length) ? length : 0);

function startOf(preset, now, zone = zoneName()) {
  const { after, days } = STARTS.find(({ id }) => id === preset);
  if (days) return inDays(days(weekday(now, zone)), MORNING, now, zone);
  return after ? ceilMinute(now + after) : floorMinute(now);
}

/** Where the end follows the start, put it there. */
function follow(draft) {
  if (draft.length === null || draft.start === null) return draft;
  return { ...draft, end: draft.start + draft.length };
}

/** The start moves, the duration stays. */
export function pressStart(draft, preset, now, zone = zoneName()) {
  const known = draft.start !== null && draft.end > draft.start;
  const length = draft.length ?? (known ? draft.end - draft.start : 15 * MINUTE);
  const lengthPreset = draft.length === null ? 0 : draft.lengthPreset;
  return follow({ ...draft, startPreset: preset, start: startOf(preset, now, zone), length, lengthPreset });
}

/** The end moves; the start stays. */
export const pressLength = (draft, length) => follow({ ...draft, length, lengthPreset: presetOf(length) });

/** A spike that is on goes on for so long from now: how long it has been on already does not count. */
export const endIn = (draft, length, now) => ({
  ...draft,
  end: Math.floor(now / 1000) * 1000 + length,
  length: null,
  lengthPreset: presetOf(length),
});

/** `before` is what stood there before somebody began to type: a small change of it keeps its offset. */
export const typeStart = (draft, text, before = draft.start, zone = zoneName()) =>
  startAt(draft, meant(text, { before }, zone));

export const typeEnd = (draft, text, before = draft.end, zone = zoneName()) =>
  endAt(draft, meant(text, { before, after: draft.start }, zone));

export const startAt = (draft, start) => follow({ ...draft, startPreset: "", start });

export const endAt = (draft, end) => ({ ...draft, end, length: null, lengthPreset: 0 });

/** Where the clocks show twice what they show at this instant: both instants, in words. */
export function twice(instant, zone = zoneName()) {
  const found = instant === null ? [] : instantsOf(toInput(instant, zone), zone);
  if (found.length < 2) return [];
  const [face] = clock(found[0], zone).split(" ");
  return found.map((at, index) => ({
    at: at + (((instant % 1000) + 1000) % 1000),
    label: `${["First", "Second"][index]} ${face}`,
    offset: offset(at, zone),
  }));
}

/** What becomes of a time that the clocks skip; empty where they do not. */
export function skippedWords(text, zone = zoneName()) {
  const gap = gapOf(text, zone);
  if (!gap) return "";
  const used = toInput(meant(text, {}, zone), zone).slice(11);
  return `There is no ${text.slice(11)} that day: the clocks go from ${gap.from} to ${gap.to}. It is ${used} instead.`;
}

/** Put the window somewhere, as by dragging it or by "Move to"; a length that stays keeps its preset. */
export function place(draft, start, end) {
  const length = end - start;
  const keeps = length === draft.length;
  return { startPreset: "", start, end, length, lengthPreset: keeps ? draft.lengthPreset : 0 };
}

export const shorten = (draft, end) => ({ ...draft, end, length: null, lengthPreset: 0 });

/** While a start preset is pressed, the start follows the clock, from minute to minute. */
export function slide(draft, now) {
  if (!draft.startPreset) return draft;
  const start = startOf(draft.startPreset, now);
  // "Tomorrow" is another day from midnight on: what was chosen stays.
  if (STARTS.some(({ id, days }) => days && id === draft.startPreset))
    return start === draft.start ? draft : { ...draft, startPreset: "" };
  return start === draft.start ? draft : follow({ ...draft, start });
}

/** The window as it would be created at this moment: "Now" is the second, not the minute that the input shows. */
export function windowAt(draft, now) {
  if (draft.startPreset !== "now") return { start: draft.start, end: draft.end };
  return { start: now, end: draft.length === null ? draft.end : now + draft.length };
}

/** The texts of the two inputs. */
export const textOf = (instant) => (instant === null ? "" : toInput(instant));

/** What is wrong with the window, at the input that can mend it. */
export function windowFaults(draft, now) {
  const { start, end } = windowAt(draft, now);
  const faults = {};
  if (start === null) faults.start = "Needs a date and a time.";
  else if (outside(start)) faults.start = "Must lie in the years 1970 to 9998.";
  if (end === null) {
    if (start !== null || draft.length === null) faults.end = "Needs a date and a time.";
  } else if (outside(end)) faults.end = "Must lie in the years 1970 to 9998.";
  else if (start !== null && end <= start) faults.end = "Must be after the start.";
  else if (end <= now) faults.end = "Must be in the future.";
  return faults;
}

const outside = (instant) => instant < EARLIEST || instant >= LATEST;

/** What is sent of the window: "Now" sends no start, so that the spike begins at the server's now. */
export function bodyOfWindow(draft, exact = []) {
  const end = { end_datetime: isoOf(draft.end, exact) };
  if (draft.startPreset !== "now") return { start_datetime: isoOf(draft.start, exact), ...end };
  return draft.length === null ? end : { duration: Math.max(1, Math.round(draft.length / 1000)) };
}

/** ISO 8601; where one of `exact` is the same millisecond it is taken, for it may hold microseconds. */
export const isoOf = (instant, exact = []) =>
  exact.find((iso) => Date.parse(iso) === instant) ?? new Date(instant).toISOString();

// What is in the way

/** A schedule with its window in milliseconds; an end is never too early, whatever microseconds it has. */
export function occupied(spike) {
  const ends = Date.parse(spike.end_datetime);
  const finer = /\.\d{3}\d*[1-9]/.test(spike.end_datetime) ? 1 : 0;
  return { id: spike.id, name: spike.name, start: Date.parse(spike.start_datetime), end: ends + finer };
}

/**
 * The schedules that the window overlaps, with the remedies: `free`, the next window of this length, and
 * `shortened`, the end that comes before the first of them; null where there is no such, or no collision.
 */
export function collisionOf({ start, end }, others, now) {
  const overlaps = (from, to) => others.filter((other) => other.start < to && from < other.end);
  const conflicts = overlaps(start, end).sort((one, other) => one.start - other.start);
  if (!conflicts.length) return null;
  const first = conflicts[0].start;
  const neat = floorMinute(first);
  const shortened = neat > start ? neat : first;
  return {
    conflicts,
    free: freeSlot(start, end - start, others, overlaps),
    shortened: shortened > start && shortened > now ? shortened : null,
  };
}

// On a whole minute where that is free too: nobody wants to start at 17:03:13.
function freeSlot(start, length, others, overlaps) {
  let free = start;
  for (const other of [...others].sort((one, another) => one.start - another.start)) {
    if (free + length <= other.start) break;
    free = Math.max(free, other.end);
  }
  const neat = ceilMinute(free);
  const at = overlaps(neat, neat + length).length ? free : neat;
  return at + length < LATEST ? { start: at, end: at + length } : null;
}

/** "15:45–16:15", with "+1" where it ends on another day. */
export const times = ({ start, end }) => timesOf(start, end);
