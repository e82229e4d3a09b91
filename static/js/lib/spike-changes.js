// Ending, extending and deleting a spike, unless someone else changed it.

import { getEtag, patch, post, remove } from "./api.js";
import { getSpikeProperties } from "./spike-properties.js";
import { deleteIfUnchanged, updateIfUnchanged } from "./conditional-update.js";
import { serverNow } from "./server-clock.js";

const getPath = ({ id }) => `/api/spike-schedules/${id}`;

/** Return the parameters of `updateIfUnchanged` for a spike. */
export const spikeChange = (spike) => ({
  path: getPath(spike),
  name: spike.name,
  seen: spike,
  properties: (version) => getSpikeProperties(version, serverNow()),
});

export const endSpike = (spike) =>
  updateIfUnchanged({
    ...spikeChange(spike),
    send: (etag) => post(`${getPath(spike)}/end`, undefined, etag),
    isDone: ({ status }) => status === "expired",
    verb: () => "End anyway",
  });

/** Extend a spike; `extension` is one of `getExtensions()`: by some seconds, or up to an instant. */
export function extendSpike(spike, { body, until }) {
  const path = getPath(spike);
  const end = until ? Date.parse(until) : Date.parse(spike.end_datetime) + body.duration * 1000;
  return updateIfUnchanged({
    ...spikeChange(spike),
    send: (etag) => (until ? patch(path, { end_datetime: until }, etag) : post(`${path}/extend`, body, etag)),
    isDone: (present) => Date.parse(present.end_datetime) === end,
    verb: () => "Extend anyway",
    warning: ({ status }) => (status === "expired" ? "It has ended. This makes it active again." : ""),
  });
}

/** Describe how to undo that a spike was ended; `answer` is the ended spike. */
export const getUndoOfEnd = ({ id, name, start_datetime: start, end_datetime: end }, answer) => ({
  ended: { id, name, start, end, etag: getEtag(answer) },
});

/** Describe how to undo that spikes were deleted; null if they had all ended, because their records remain. */
export function getUndoOfDeletion(spikes) {
  const open = spikes.filter(({ end_datetime: end }) => Date.parse(end) > serverNow());
  const deleted = open.map(({ id, name, start_datetime: start, end_datetime: end }) => ({ id, name, start, end }));
  return deleted.length ? { deleted } : null;
}

export const deleteSpike = (spike) =>
  deleteIfUnchanged({ ...spikeChange(spike), send: (etag) => remove(getPath(spike), etag) });
