// Texts of a preview.

import { formatCount, formatNumber } from "./numbers.js";
import { getType, isCounter } from "./value-types.js";

/** Format a mean with few digits: 1,496, 32.3, 0.042, 5.007bn. */
export function formatMean(value) {
  if (value === null || value === undefined) return "–";
  const size = Math.abs(value);
  if (size >= 1e15)
    return value.toLocaleString("en-GB", { notation: "scientific", maximumFractionDigits: 3 });
  if (size >= 1e7) return value.toLocaleString("en-GB", { notation: "compact", maximumSignificantDigits: 4 });
  if (size >= 100) return formatNumber(Math.round(value) + 0);
  if (size >= 1) return formatNumber(Number(value.toFixed(1)));
  return formatNumber(Number(value.toPrecision(2)));
}

/** Format the mean of a field in a phase; for a counter, its mean step. */
export function formatPhase(field, phase, phases) {
  if (!isCounter(field)) return formatMean(field.mean[phase]);
  const from = { before: 0, during: phases.before, after: phases.before + phases.during }[phase];
  const values = field.values.slice(from, from + phases[phase]).map(Number);
  const { direction } = getType(field);
  // A reset is not a step.
  const steps = values.slice(1).map((value, index) => direction * (value - values[index]));
  const made = steps.filter((step) => step >= 0);
  if (!made.length) return "–";
  const mean = made.reduce((sum, step) => sum + step, 0) / made.length;
  return `${direction > 0 ? "+" : "−"}${formatMean(mean)} a poll`;
}

/** Return overridden fields first, otherwise in the order of the collection. */
export const sortOverriddenFirst = (fields) => [...fields].sort((one, other) => other.is_overridden - one.is_overridden);

/** Return the field to show: the picked one, else the first overridden one, else the first. */
export function pickField(fields, picked) {
  const ordered = sortOverriddenFirst(fields);
  return ordered.find((field) => field.original_field_id === picked) ?? ordered[0] ?? null;
}

/** Describe the chart in a sentence. */
export function describeChart(field, phases) {
  const [before, during, after] = ["before", "during", "after"].map((phase) => formatPhase(field, phase, phases));
  const average = isCounter(field) ? "" : "on average ";
  return `${field.field_name}: ${average}${before} before, ${during} in the window, ${after} after.`;
}

/** Format how many polls fall into the window: "30 polls fall into the window." */
export function formatPollCount({ polls_in_window: polls, interval }, asked) {
  const fall = `${formatCount(polls, "poll")} ${polls === 1 ? "falls" : "fall"} into the window`;
  return interval > asked ? `${fall}; one is drawn every ${formatInterval(interval)}.` : `${fall}.`;
}

function formatInterval(seconds) {
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${formatNumber(Math.round(seconds / 360) / 10)} h`;
}
