// A preview in words and in numbers that fit into a table.

import { count, number } from "./words.js";

/** A mean with as many decimals as somebody reads: 1,496 and 32.3 and 0.042; 5.007bn. */
export function meanWords(value) {
  if (value === null || value === undefined) return "–";
  const size = Math.abs(value);
  if (size >= 1e15)
    return value.toLocaleString("en-GB", { notation: "scientific", maximumFractionDigits: 3 });
  if (size >= 1e7) return value.toLocaleString("en-GB", { notation: "compact", maximumSignificantDigits: 4 });
  if (size >= 100) return number(Math.round(value) + 0);
  if (size >= 1) return number(Number(value.toFixed(1)));
  return number(Number(value.toPrecision(2)));
}

/** Overridden fields first, otherwise in the order of the collection. */
export const inOrder = (fields) => [...fields].sort((one, other) => other.is_overridden - one.is_overridden);

/** The field that is shown: the one that was picked, else the first that is overridden, else the first. */
export function pick(fields, picked) {
  const ordered = inOrder(fields);
  return ordered.find((field) => field.original_field_id === picked) ?? ordered[0] ?? null;
}

/** The chart in a sentence. */
export function chartWords(field) {
  const { before, during, after } = field.mean;
  const means = [before, during, after].map(meanWords);
  return `${field.field_name}: on average ${means[0]} before, ${means[1]} in the window, ${means[2]} after.`;
}

/** "30 polls fall into the window." */
export function pollsWords({ polls_in_window: polls, interval }, asked) {
  const fall = `${count(polls, "poll")} ${polls === 1 ? "falls" : "fall"} into the window`;
  return interval > asked ? `${fall}; one is drawn every ${lengthWords(interval)}.` : `${fall}.`;
}

function lengthWords(seconds) {
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${number(Math.round(seconds / 360) / 10)} h`;
}
