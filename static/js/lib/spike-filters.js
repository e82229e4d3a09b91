// The state of the list of spikes in its URL: "/spikes?status=active&collection=3&view=timeline".

import { ID, PAGE, SEARCH, oneOf, sortedBy, urlState } from "./url-state.js";

export const spikeUrlState = urlState({
  view: oneOf(["table", "timeline"]),
  status: oneOf(["", "active", "scheduled", "expired"]),
  collection: ID,
  search: SEARCH,
  sort: sortedBy(["standing", "name", "start_datetime", "end_datetime"]),
  page: PAGE,
});

export const { readUrl, buildUrl } = spikeUrlState;
