// Lists of spikes change when a window begins or ends: then they are loaded again, at the second.

import { serverNow } from "./server-clock.js";
import { getNextEdge } from "./spike-format.js";

const GRACE_MS = 600; // what is known of the server's clock may be half a second ahead of it

/** State and actions for a component that ticks: give it what it shows, and call `settle` once a second. */
export const windowEdges = () => ({
  nextEdge: Infinity,

  watchEdges(spikes) {
    this.nextEdge = getNextEdge(spikes, serverNow());
  },

  reloadAtEdge(again) {
    if (this.now < this.nextEdge) return;
    this.nextEdge = Infinity;
    setTimeout(again, GRACE_MS);
  },
});
