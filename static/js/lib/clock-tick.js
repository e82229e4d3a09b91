// One clock for a page: `now` moves once a second for everything that counts, with the server's time.

import { serverNow } from "./server-clock.js";

const subscribers = new Set();
setInterval(() => subscribers.forEach((watch) => watch(serverNow())), 1000);

/** State and lifecycle for a component that shows the time passing: spread it in, and call startTicking in init. */
export const clockTick = () => ({
  now: serverNow(),
  stopClock: null,
  startClock() {
    const watch = (now) => {
      this.now = now;
    };
    subscribers.add(watch);
    this.stopClock = () => subscribers.delete(watch);
  },
  destroy() {
    this.stopClock?.();
  },
});
