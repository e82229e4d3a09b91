// The state of the list of spikes in its URL: "/spikes?status=active&collection=3&view=timeline". Without a status, the
// list shows active and scheduled spikes.

import { ID, PAGE, SEARCH, oneOf, sortedBy, urlState } from "./url-state.js";

const STATUSES = ["", "active", "scheduled", "past"];

/** Read the status; `expired` is in links from before spikes left a record. */
function readStatus(text) {
  const status = text === "expired" ? "past" : text;
  return STATUSES.includes(status) ? status : undefined;
}

export const spikeUrlState = urlState({
  view: oneOf(["table", "timeline"]),
  status: { defaultValue: "", read: readStatus },
  result: oneOf(["", "passed", "failed", "inconclusive", "running", "observed", "cancelled"]),
  collection: ID,
  search: SEARCH,
  sort: sortedBy(["standing", "name", "start_datetime", "end_datetime"]),
  page: PAGE,
});

export const { readUrl, buildUrl } = spikeUrlState;
