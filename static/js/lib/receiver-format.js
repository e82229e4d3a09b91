// Alert receivers in words. Pure: the current time is a parameter.

import { formatCount } from "./numbers.js";
import { formatAgo } from "./relative-time.js";

/** Return the address that alerts are sent to. */
export const getReceiverPath = ({ id }) => `/api/alerts/${id}`;

/** Format when the last delivery arrived: "2 s ago", "never". */
export const formatLastDelivery = ({ last_received_at: last }, now) => (last ? formatAgo(last, now) : "never");

/** Return whether the last delivery had a problem: it was not understood, or not all of it. */
export const hasProblem = ({ last_problem_at: problem, last_received_at: last }) =>
  problem !== null && problem === last;

/**
 * Format what has arrived since `before`, a receiver as it was when waiting began: `{state, text}`, where the state is
 * "waiting", "ok" or "bad". `episodes` is how many episodes have begun since.
 */
export function formatArrival(before, receiver, episodes, now) {
  if (receiver.deliveries === before.deliveries) return { state: "waiting", text: "Waiting for the first delivery…" };
  const ago = formatLastDelivery(receiver, now);
  if (hasProblem(receiver)) return { state: "bad", text: `A delivery arrived ${ago}, but: ${receiver.last_problem}` };
  if (episodes > 0) return { state: "ok", text: `Arrived ${ago}: ${formatCount(episodes, "alert")} understood.` };
  return { state: "ok", text: `Arrived ${ago}. Its alerts are ignored, or were known already.` };
}

/** Format matchers on one line: "alertname=Watchdog, severity=none". */
export const formatMatchers = (matchers) =>
  Object.entries(matchers)
    .map(([label, text]) => `${label}=${text}`)
    .join(", ");

/** Format a list of matchers for an input: one on each line. */
export const toLines = (list) => list.map(formatMatchers).join("\n");

/** Parse the lines of `toLines`. A line without "=" matches nothing that the server would accept: the label alone. */
export const fromLines = (text) =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => Object.fromEntries(line.split(",").map(toPair)));

function toPair(part) {
  const [label, ...rest] = part.split("=");
  return [label.trim(), rest.join("=").trim()];
}

/** Return the line, counted from 1, that is no list of label=text; 0 if all are. */
export function findWrongLine(text) {
  const lines = text.split("\n");
  return lines.findIndex((line) => line.trim() && !line.split(",").every((part) => /^\s*[^=\s][^=]*=/.test(part))) + 1;
}

/** Format the other labels of an episode: "instance=truck-01, severity=page". */
export const formatLabels = ({ labels }) =>
  formatMatchers(Object.fromEntries(Object.entries(labels).filter(([label]) => label !== "alertname")));

/** Format how an episode ended, or that it still fires: "firing", "resolved after 50 s". */
export function formatEnd({ is_firing: isFiring, only_resolution: onlyResolution }, formatLength, length) {
  if (isFiring) return "Firing";
  return onlyResolution ? "Only its resolution arrived" : `Resolved after ${formatLength(length)}`;
}
