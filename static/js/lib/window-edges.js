// Lists of spikes change when a window begins or ends: then they are loaded again, at the second.

import { serverNow } from "./server-clock.js";
import { nextMoment } from "./spike-format.js";

const GRACE = 600; // what is known of the server's clock may be half a second ahead of it

/** State and actions for a component that ticks: give it what it shows, and call `settle` once a second. */
export const atMoments = () => ({
  moment: Infinity,

  awaitMoment(spikes) {
    this.moment = nextMoment(spikes, serverNow());
  },

  settle(again) {
    if (this.now < this.moment) return;
    this.moment = Infinity;
    setTimeout(again, GRACE);
  },
});
