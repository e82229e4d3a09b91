// One timer for a page: it updates `now` of every component once a second, in the server's time.

import { serverNow } from "./server-clock.js";

const subscribers = new Set();
setInterval(() => subscribers.forEach((watch) => watch(serverNow())), 1000);

/** State and lifecycle of a component that shows the time passing; call `startClock` in its init. */
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
