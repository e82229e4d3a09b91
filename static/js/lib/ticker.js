// One clock for a page: `now` moves once a second for everything that counts.

const watchers = new Set();
setInterval(() => watchers.forEach((watch) => watch(Date.now())), 1000);

/** State and lifecycle for a component that shows the time passing: spread it in, and call startTicking in init. */
export const ticking = () => ({
  now: Date.now(),
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
