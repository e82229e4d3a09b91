// The runs of one spike: bars whose height is the delay. Pure: the current time is a parameter.

import { withPrefix } from "./base.js";
import { formatRelative } from "./relative-time.js";
import { formatDay, formatUtc } from "./time.js";
import { formatDelay, getResultBadge } from "./verdict-format.js";

const MAX_HEIGHT_PX = 56;
const MIN_HEIGHT_PX = 6;
const DECIDED = new Set(["passed", "failed", "inconclusive"]);

/** Return the bars of the runs that were judged, the oldest first; `runs` are records, the latest first. */
export function buildRunBars(runs, currentId, now) {
  const judged = runs.filter(({ state }) => DECIDED.has(state)).reverse();
  const longest = Math.max(1, ...judged.map(({ delay }) => delay ?? 0));
  return judged.map((run) => {
    const { label, tone } = getResultBadge(run);
    const isPassed = tone === "ok";
    const height = run.delay === null ? MAX_HEIGHT_PX : Math.max(MIN_HEIGHT_PX, (MAX_HEIGHT_PX * run.delay) / longest);
    const text = isPassed && run.delay !== null ? formatDelay(run.delay) : label.toLowerCase();
    return {
      id: run.id,
      href: withPrefix(`/spikes/${run.spike_schedule_id}`),
      isCurrent: run.id === currentId,
      tone: tone || "none",
      style: { height: `${Math.round(height)}px` },
      day: formatDay(run.start_datetime, now).replace(/^\w{3} (?=\d)/, ""),
      text,
      title: `${label}, ${formatUtc(run.start_datetime)}`,
    };
  });
}

/** Format how the last runs went: "6 of the last 7 passed, last passed 2 days ago". */
export function formatRuns(runs, now) {
  const judged = runs.filter(({ state }) => DECIDED.has(state));
  const passed = judged.filter(({ state }) => state === "passed");
  if (!judged.length) return "";
  const counted = `${passed.length} of the last ${judged.length} passed`;
  return passed.length ? `${counted}, last passed ${formatRelative(passed[0].end_datetime, now)}` : counted;
}

/** Format the delays of earlier runs: "Median of the last 6 runs 23.4 s, worst 41 s."; "" for fewer than two. */
export function formatDelays(runs, currentId) {
  const delays = runs.filter(({ id, delay }) => id !== currentId && delay !== null && delay !== undefined).map(({ delay }) => delay);
  if (delays.length < 2) return "";
  const sorted = [...delays].sort((one, other) => one - other);
  const median = sorted[Math.floor(sorted.length / 2)];
  return `Median of ${delays.length} other runs ${formatDelay(median)}, worst ${formatDelay(sorted.at(-1))}.`;
}
