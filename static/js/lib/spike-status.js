// The status of a spike, and when it changes.

import { getWindowStatus } from "./durations.js";

export const STATUS_LABELS = { active: "Active", scheduled: "Scheduled", expired: "Expired" };

/** The labels on the page of a spike, which stays after the window. */
export const PAGE_LABELS = { active: "Active", scheduled: "Scheduled", expired: "Ended" };

/**
 * Return the status at `now`. A status that the server has already reported is never reverted, since clocks may
 * differ.
 */
export function getSpikeStatus(spike, now) {
  const own = getWindowStatus(spike.start_datetime, spike.end_datetime, now);
  if (spike.status === "expired") return "expired";
  return spike.status === "active" && own === "scheduled" ? "active" : own;
}

/** Return the first instant after `now` at which a spike starts or ends, or Infinity. */
export function getNextEdge(spikes, now) {
  const instants = spikes.flatMap((spike) => [spike.start_datetime, spike.end_datetime]).map(Date.parse);
  return Math.min(Infinity, ...instants.filter((instant) => instant > now));
}
