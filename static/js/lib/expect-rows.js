// The rows of the section "Expect": one for each expectation, with the texts of its inputs. Pure.

import { parseDuration } from "./duration-text.js";
import { formatLabels, parseLabels } from "./expect-labels.js";
import { formatSeconds, proposeResolveWithin, proposeWithin } from "./expect-within.js";

export const MAX_ROWS = 20;
const MAX_SECONDS = 86_400;
const ANY = "*";
const TIMES = [
  { value: "1", label: "once" },
  { value: "", label: "any number of times" },
];

let lastKey = 0;

/** Create a row; its durations are proposed until they are typed. */
export function newRow(kind, timing) {
  const row = { key: ++lastKey, kind, alert: "", labels: "", within: "", resolves: "", times: "1", rest: {} };
  return { ...propose(row, timing), isWithinTyped: false, isResolvesTyped: false };
}

/** Update the proposals of a row. */
export function propose(row, timing) {
  const within = row.isWithinTyped ? row.within : formatSeconds(proposeWithin(timing));
  const resolves = row.isResolvesTyped ? row.resolves : formatSeconds(proposeResolveWithin(timing));
  return { ...row, within, resolves };
}

/** Create the row of a saved expectation; what has no input is kept. */
export function toRow({ kind, match, ...saved }) {
  const { alertname = ANY, ...labels } = match;
  const { within = 600, resolve_within: resolves = null, at_most: times = null } = saved;
  return {
    key: ++lastKey,
    kind,
    alert: alertname,
    labels: formatLabels(labels),
    within: formatSeconds(within),
    resolves: resolves === null ? "" : formatSeconds(resolves),
    times: times === null ? "" : String(times),
    rest: { counts_from: saved.counts_from ?? 0, holds: saved.holds ?? false, until: saved.until ?? 0 },
    isWithinTyped: true,
    isResolvesTyped: true,
  };
}

/** Return the choices of how often it may fire. */
export function getTimesChoices({ times }) {
  if (TIMES.some(({ value }) => value === times)) return TIMES;
  return [...TIMES, { value: times, label: `at most ${times} times` }];
}

/** Format the settings of a row that have no input. */
export function formatRest({ kind, rest }) {
  const parts = [];
  if (kind === "quiet") return rest.until ? `until ${formatSeconds(rest.until)} after the end` : "nobody is to be paged for this";
  if (rest.counts_from) parts.push(`counted from ${formatSeconds(rest.counts_from)} after the start`);
  if (rest.holds) parts.push("and not before the end");
  return parts.join(", ");
}

/** Return the expectation of a row, as the API takes it; what is invalid is null. */
export function toExpectation({ kind, alert, labels, within, resolves, times, rest }) {
  const name = alert.trim();
  const match = { ...(name === ANY ? {} : { alertname: name }), ...parseLabels(labels).labels };
  if (kind === "quiet") return { kind, match, until: rest.until ?? 0 };
  return {
    kind,
    match,
    within: toSeconds(within),
    resolve_within: resolves.trim() ? toSeconds(resolves) : null,
    at_most: times ? Number(times) : null,
    counts_from: rest.counts_from ?? 0,
    holds: rest.holds ?? false,
  };
}

const toSeconds = (text) => {
  const { length } = parseDuration(text);
  return length === null ? null : length / 1000;
};

/** Return the errors of a row by input; an empty name only counts once the form was submitted. */
export function validateRow({ kind, alert, labels, within, resolves }, isSubmitted) {
  const errors = {};
  if (!alert.trim() && isSubmitted) errors.alert = "Enter the alert’s name, or * for any alert.";
  const { labels: parsed, error } = parseLabels(labels);
  if (error) errors.labels = error;
  else if (Object.hasOwn(parsed, "alertname")) errors.labels = "Put the alert’s name into the input before it.";
  if (kind === "quiet") return errors;
  const [slow, late] = [checkDuration(within), resolves.trim() ? checkDuration(resolves) : ""];
  if (slow) errors.within = slow;
  if (late) errors.resolves = late;
  return errors;
}

function checkDuration(text) {
  const { length, error } = parseDuration(text);
  return error || (length > MAX_SECONDS * 1000 ? "Must be at most 24 h." : "");
}

/** Parse one of the numbers of the monitoring as `{seconds, error}`; unlike other durations it may be zero. */
export function parseTiming(text) {
  if (/^\s*0+\s*[a-z]*\s*$/i.test(text)) return { seconds: 0, error: "" };
  const { length, error } = parseDuration(text);
  return { seconds: length === null ? null : length / 1000, error: error || checkDuration(text) };
}
