// One clock for a page: `now` moves once a second for everything that counts, with the server's time.

import { serverNow } from "./server-clock.js";

const watchers = new Set();
setInterval(() => watchers.forEach((watch) => watch(serverNow())), 1000);

/** State and lifecycle for a component that shows the time passing: spread it in, and call startTicking in init. */
export const ticking = () => ({
  now: serverNow(),
  stopTicking: null,
  startTicking() {
    const watch = (now) => {
      this.now = now;
    };
    watchers.add(watch);
    this.stopTicking = () => watchers.delete(watch);
  },
  destroy() {
    this.stopTicking?.();
  },
});
