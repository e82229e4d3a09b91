// Past spikes in the list of spikes: their records, with who polled them.

import { formatCount } from "../../lib/numbers.js";
import { toSpike } from "../../lib/rehearsal-spike.js";
import { formatRelative } from "../../lib/relative-time.js";
import { formatWindowState } from "../../lib/durations.js";
import { loadedOnDemand } from "./run-again.js";

/** Return an item of either list as a spike; that of a record has the `record`, and is over. */
export const readItem = (item) =>
  "spike_schedule_id" in item ? { ...toSpike(item), status: "expired", record: item } : item;

export const getRecordLabel = ({ state }) => (state === "cancelled" ? "Cancelled" : "Ended");

/** Format when a spike ended: "ended 2 h ago", "cancelled 2 days ago". */
export function formatRecordState({ start_datetime: start, end_datetime: end, cancelled_at: cancelled }, now) {
  return cancelled ? `cancelled ${formatRelative(cancelled, now)}` : formatWindowState(start, end, now);
}

export const pastSpikes = () => ({
  // Actions

  deleteRecords: loadedOnDemand("deleteRecords"),

  // What a row shows

  formatPolls({ record }) {
    return record.poll_count ? formatCount(record.poll_count, "poll") : "Nobody";
  },

  formatKeys({ record }) {
    return record.key_count ? `by ${formatCount(record.key_count, "key")}` : "";
  },
});
