// Reloading a list of spikes at the second when a window starts or ends.

import { serverNow } from "./server-clock.js";
import { getNextEdge } from "./spike-status.js";

const GRACE_MS = 600; // the estimate of the server's clock may be half a second ahead

/** State and actions of a component with a clock: pass it the shown spikes, and call `reloadAtEdge` once a second. */
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
