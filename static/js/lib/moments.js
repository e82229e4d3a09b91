// Lists of spikes change when a window begins or ends: then they are loaded again, at the second.

import { nextMoment } from "./spike-words.js";

const GRACE = 400; // the server's clock may be a little behind this one

/** State and actions for a component that ticks: give it what it shows, and call `settle` once a second. */
export const atMoments = () => ({
  moment: Infinity,

  awaitMoment(spikes) {
    this.moment = nextMoment(spikes, Date.now());
  },

  settle(again) {
    if (this.now < this.moment) return;
    this.moment = Infinity;
    setTimeout(again, GRACE);
  },
});
