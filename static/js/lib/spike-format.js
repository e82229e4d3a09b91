// Texts about spikes: status, overrides, extensions.

import { formatDuration } from "./durations.js";
import { formatAgo } from "./relative-time.js";
import { formatShortDateTime, formatTime } from "./time.js";
import { formatKind, formatRuleBriefly, formatCount, formatNumber, formatRule } from "./format.js";
import { getType, isCounter } from "./value-types.js";

const isNone = (value) => value === null || value === undefined;

/** Format an override: "random 90 to 100"; for a counter only its overridden settings: "counts up by 40". */
export function formatOverride(copy) {
  if (!isCounter(copy)) return formatRule(copy);
  const overridden = new Set(copy.overridden_settings);
  const parts = [formatKind(copy)];
  if (overridden.has("start_number")) parts.push(`from ${formatNumber(copy.start_number)}`);
  if (overridden.has("step_number")) parts.push(`by ${formatNumber(copy.step_number)}`);
  if (overridden.has("randomization_percentage")) parts.push(`± ${formatNumber(copy.randomization_percentage ?? 0)} %`);
  if (overridden.has("reset_number")) parts.push(formatReset(copy));
  return parts.join(" ");
}

const formatReset = ({ reset_number: reset }) => (isNone(reset) ? "never resets" : `resets at ${formatNumber(reset)}`);

/** Format the new and the old value briefly: `{now: "+25 a poll", was: "+1"}`. */
export function formatChange(copy) {
  if (!isCounter(copy)) return { now: formatRuleBriefly(copy), was: formatRuleBriefly(copy.original) };
  const sign = getType(copy).direction > 0 ? "+" : "−";
  const words = {
    start_number: (field) => `from ${formatNumber(field.start_number)}`,
    step_number: (field) => `${sign}${formatNumber(field.step_number)}`,
    randomization_percentage: (field) => `± ${formatNumber(field.randomization_percentage ?? 0)} %`,
    reset_number: formatReset,
  };
  const overridden = Object.keys(words).filter((name) => copy.overridden_settings.includes(name));
  const of = (field) => overridden.map((name) => words[name](field)).join(", ");
  return { now: overridden.join() === "step_number" ? `${of(copy)} a poll` : of(copy), was: of(copy.original) };
}

const MAX_NAMES_LENGTH = 48;

/** Format the names of the overridden fields: "cpu, mem_used", or "4 fields". */
export function formatFieldNames(spike, most = 3) {
  const names = spike.spike_fields.map((copy) => copy.field_name);
  const words = names.join(", ");
  if (!names.length) return "nothing overridden";
  return names.length > most || words.length > MAX_NAMES_LENGTH ? formatCount(names.length, "field") : words;
}

const EXTENSIONS = [
  [300, "5 min"],
  [900, "15 min"],
  [3600, "1 h"],
];

/**
 * Return the possible extensions of a spike, given the next spike of its collection (or null);
 * `why` is the reason if an extension is not possible.
 */
export function getExtensions(spike, next, now) {
  const end = Date.parse(spike.end_datetime);
  const limit = next ? Date.parse(next.start_datetime) : Infinity;
  const steps = EXTENSIONS.map(([seconds, label]) => ({
    key: label,
    label,
    body: { duration: seconds },
    why: end + seconds * 1000 > limit ? `“${next.name}” starts at ${formatTime(limit)}` : "",
  }));
  const gap = limit - end;
  const upTo = { key: "next", label: "Up to the next window", note: "", why: "" };
  if (!next) upTo.why = "there is none";
  else if (gap < 1000) upTo.why = `“${next.name}” follows at once`;
  else {
    upTo.note = `by ${formatDuration(gap)}, to ${formatShortDateTime(limit, now)}`;
    upTo.until = next.start_datetime;
  }
  return [...steps, upTo];
}

const POLL_PRECISION_MS = 60_000;

/** Format how long ago a poll was; the server records polls once a minute. */
export const formatPollTime = (instant, now) => formatAgo(instant, now, POLL_PRECISION_MS);
