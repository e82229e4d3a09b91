// Texts on the page of a spike: who polled it, and what they were served. Pure: the current time is a parameter.

import { formatDuration } from "./durations.js";
import { isExactNumber } from "./exact-number.js";
import { formatCount, formatNumber } from "./numbers.js";
import { toCopy } from "./rehearsal-spike.js";
import { formatChange } from "./spike-format.js";
import { formatClockFace, formatShortDateTime } from "./time.js";
import { getType } from "./value-types.js";

const MAX_RECORDED_FIELDS = 20; // the values of further fields are not recorded

/** Format seconds after the start or the end: "3.5 s", "41 s", "2 min 5 s". */
export function formatSeconds(seconds) {
  const rounded = Math.round(seconds * 10) / 10;
  return Math.abs(rounded) < 10 ? `${formatNumber(rounded)} s` : formatDuration(seconds * 1000);
}

/** Return how many polls there were in the window, and of how many keys. */
export const countPolls = ({ polls }) => ({
  polls: polls.reduce((sum, each) => sum + each.polls, 0),
  keys: polls.length,
});

/** Format them: "50 polls by 2 keys". */
export function formatPolls(record) {
  const { polls, keys } = countPolls(record);
  return `${formatCount(polls, "poll")} by ${formatCount(keys, "key")}`;
}

export const formatKeyLabel = ({ label }) => label ?? "Another user’s key";

/** Return the usual seconds between two polls of a key: their median; null for fewer than three polls. */
export function getInterval({ times }) {
  if (times.length < 3) return null;
  const gaps = times.slice(1).map((time, index) => time - times[index]);
  return gaps.sort((one, other) => one - other)[Math.floor(gaps.length / 2)];
}

export function formatInterval(poll) {
  const seconds = getInterval(poll);
  if (seconds === null) return formatCount(poll.polls, "poll");
  return seconds < 1 ? "several a second" : `every ${formatDuration(seconds * 1000)}`;
}

/** Return the rows of the table of keys. */
export const buildKeyRows = (record, now) =>
  record.polls.map((poll, index) => ({
    key: index,
    label: formatKeyLabel(poll),
    isForeign: poll.label === null,
    polls: formatNumber(poll.polls),
    first: formatSeconds(poll.first_after),
    firstAt: poll.first_polled_at,
    last: formatLast(poll.last_polled_at, now),
    lastAt: poll.last_polled_at,
  }));

/** Format the time of the last poll with its seconds, and the day unless it is today. */
function formatLast(instant, now) {
  const day = formatShortDateTime(instant, now).split(" ").slice(0, -1).join(" ");
  return `${day} ${formatClockFace(instant)}`.trim();
}

/** Return the rows of the table of overrides: what was served, beside the collection's own values. */
export function buildServedRows(record) {
  return record.overrides.map((override, index) => {
    const copy = toCopy(override);
    const { now: set, was } = formatChange(copy);
    const served = getServed(record, override.field_name);
    return {
      key: index,
      name: override.field_name,
      was,
      set,
      served: served ? formatServed(served, copy) : "",
      after: formatFirstAfter(record, override.field_name),
      isRecorded: index < MAX_RECORDED_FIELDS,
    };
  });
}

/** Return the lowest and the highest value that any key was served of this field, or null. */
function getServed({ polls }, name) {
  const all = polls.filter(({ served }) => Object.hasOwn(served, name)).map(({ served }) => served[name]);
  if (!all.length) return null;
  const least = (one, other) => (Number(other) < Number(one) ? other : one);
  const most = (one, other) => (Number(other) > Number(one) ? other : one);
  return { min: all.map(({ min }) => min).reduce(least), max: all.map(({ max }) => max).reduce(most) };
}

/** Format what was served: "90–100", "−5 to 3", one value, or the way of a counter: "35 → 260". */
export function formatServed({ min, max }, copy) {
  const [low, high] = [min, max].map((value) => formatNumber(isExactNumber(value) ? value.toString() : value));
  if (low === high) return low;
  const { direction } = getType(copy);
  if (direction !== 0) return direction > 0 ? `${low} → ${high}` : `${high} → ${low}`;
  return low.startsWith("-") ? `${low} to ${high}` : `${low}–${high}`;
}

function formatFirstAfter({ polls }, name) {
  const poll = polls.find(({ after }) => after !== null && Object.hasOwn(after, name));
  return poll ? formatNumber(poll.after[name]) : "";
}

/** Format when a spike was deleted: "2 min after its start", "1 h before its start". */
export function formatCancelled({ start_datetime: start, cancelled_at: cancelled }) {
  const after = Date.parse(cancelled) - Date.parse(start);
  return `${formatDuration(after)} ${after < 0 ? "before" : "after"} its start`;
}
