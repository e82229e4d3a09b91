// Past spikes in the list of spikes: their records, with who polled them.

import { formatCount } from "../../lib/numbers.js";
import { formatRelative } from "../../lib/relative-time.js";
import { formatWindowState } from "../../lib/durations.js";
import { formatResult, getResultBadge } from "../../lib/verdict-format.js";
import { loadedOnDemand } from "./run-again.js";

/** Return the badge of a record: what came of its expectations; without any, whether it ended or was cancelled. */
export function getRecordBadge(record) {
  const result = getResultBadge(record);
  if (result.label) return result;
  if (record.state === "running") return { label: "Waiting", tone: "" };
  return { label: record.state === "cancelled" ? "Cancelled" : "Ended", tone: "expired" };
}

/** The results by which past spikes are filtered: states of the API. */
export const RESULTS = {
  passed: "Passed",
  failed: "Failed",
  inconclusive: "Undecided",
  running: "Waiting",
  observed: "Nothing expected",
  cancelled: "Cancelled",
};

/** Format when a spike ended: "ended 2 h ago", "cancelled 2 days ago". */
export function formatRecordState({ start_datetime: start, end_datetime: end, cancelled_at: cancelled }, now) {
  return cancelled ? `cancelled ${formatRelative(cancelled, now)}` : formatWindowState(start, end, now);
}

export const pastSpikes = () => ({
  result: "", // of the past spikes to list: one of RESULTS, or "" for all

  // Actions

  deleteRecords: loadedOnDemand("deleteRecords"),

  chooseResult(result) {
    this.result = result;
    this.filtersChanged();
  },

  // What a row shows

  formatResult({ record }) {
    return formatResult(record);
  },

  formatPolls({ record }) {
    return record.poll_count ? formatCount(record.poll_count, "poll") : "Nobody";
  },

  formatKeys({ record }) {
    return record.key_count ? `by ${formatCount(record.key_count, "key")}` : "";
  },

  // Getters

  get results() {
    return Object.entries(RESULTS).map(([value, label]) => ({ value, label }));
  },
});
