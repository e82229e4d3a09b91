// What the list of spikes shows, in its address: "/spikes?status=active&collection=3&view=timeline".

import { ID, listAddress, oneOf, PAGE, SEARCH, sortedBy } from "./list-address.js";

export const spikeAddress = listAddress({
  view: oneOf(["table", "timeline"]),
  status: oneOf(["", "active", "scheduled", "expired"]),
  collection: ID,
  search: SEARCH,
  sort: sortedBy(["standing", "name", "start_datetime", "end_datetime"]),
  page: PAGE,
});

export const { fromAddress, addressOf } = spikeAddress;
