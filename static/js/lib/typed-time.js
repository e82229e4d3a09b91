// Times that are typed into the window's inputs, and what becomes of a time that the clocks skip or repeat. Loaded on
// demand, when someone types. Pure: the zone is a parameter.

import { getInstants, parseInputValue, parseWallTime, toInputValue } from "./local-time.js";
import { setEnd, setStart } from "./spike-window.js";
import { formatClockFace } from "./time.js";
import { DAY_MS, getUtcOffset, getZoneName } from "./time-zone.js";

/** Apply a typed start. `before` is the value before typing: a small change keeps its UTC offset. */
export const applyStartText = (draft, text, before = draft.start, zone = getZoneName()) =>
  setStart(draft, resolveInput(text, { before }, zone));

export const applyEndText = (draft, text, before = draft.end, zone = getZoneName()) =>
  setEnd(draft, resolveInput(text, { before, after: draft.start }, zone));

/** Return the gap `{from, to}` if the clocks skip this time; else null. */
export function findGap(text, zone = getZoneName()) {
  const wall = parseWallTime(text);
  if (wall === null || getInstants(text, zone).length) return null;
  let [before, after] = [wall - 2 * DAY_MS, wall + 2 * DAY_MS];
  const ahead = getUtcOffset(before, zone);
  while (after - before > 1000) {
    const middle = Math.floor((before + after) / 2000) * 1000;
    if (getUtcOffset(middle, zone) === ahead) before = middle;
    else after = middle;
  }
  const format = (at) => formatClockFace(at, "UTC");
  return { from: format(after + ahead), to: format(after + getUtcOffset(after, zone)) };
}

const NEAR_MS = 3 * 3_600_000;

/**
 * Return the instant of a typed local time. If it occurs twice, use the first, unless only the second
 * is later than `after`; or the second, if `before` was in the second hour and changed little. A skipped time is moved
 * forward. Return null if the text is incomplete.
 */
export function resolveInput(text, { before = null, after = null } = {}, zone = getZoneName()) {
  const [first, second] = getInstants(text, zone);
  if (second === undefined) return parseInputValue(text, zone)?.getTime() ?? null;
  const isNear = before !== null && Math.min(Math.abs(first - before), Math.abs(second - before)) <= NEAR_MS;
  if (isNear && getUtcOffset(before, zone) === getUtcOffset(second, zone)) return second;
  return after !== null && first <= after ? second : first;
}

/** Describe which time is used instead of one that the clocks skip; empty if it exists. */
export function formatSkippedTime(text, zone = getZoneName()) {
  const gap = findGap(text, zone);
  if (!gap) return "";
  const used = toInputValue(resolveInput(text, {}, zone), zone).slice(11);
  return `${text.slice(11)} does not exist that day: clocks go from ${gap.from} to ${gap.to}. ${used} is used instead.`;
}
