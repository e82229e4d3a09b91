// Ending, extending and deleting a spike as it was seen.

import { patch, post, remove } from "./api.js";
import { spikeFacts } from "./facts-spike.js";
import { changeAsSeen, deleteAsSeen } from "./saving.js";
import { serverNow } from "./server-clock.js";

const pathOf = ({ id }) => `/api/spike-schedules/${id}`;

/** A spike as a page shows it, for changing it. */
export const spikeAsSeen = (spike) => ({
  path: pathOf(spike),
  name: spike.name,
  seen: spike,
  facts: (thing) => spikeFacts(thing, serverNow()),
});

export const endAsSeen = (spike) =>
  changeAsSeen({
    ...spikeAsSeen(spike),
    send: (etag) => post(`${pathOf(spike)}/end`, undefined, etag),
    isDone: ({ status }) => status === "expired",
    verb: () => "End anyway",
  });

/** `extension` is one of extensionsOf(): by so many seconds, or up to an instant. */
export function extendAsSeen(spike, { body, until }) {
  const path = pathOf(spike);
  const end = until ? Date.parse(until) : Date.parse(spike.end_datetime) + body.duration * 1000;
  return changeAsSeen({
    ...spikeAsSeen(spike),
    send: (etag) => (until ? patch(path, { end_datetime: until }, etag) : post(`${path}/extend`, body, etag)),
    isDone: (present) => Date.parse(present.end_datetime) === end,
    verb: () => "Extend anyway",
    warning: ({ status }) => (status === "expired" ? "It has ended. This makes it active again." : ""),
  });
}

export const eraseAsSeen = (spike) =>
  deleteAsSeen({ ...spikeAsSeen(spike), send: (etag) => remove(pathOf(spike), etag) });
