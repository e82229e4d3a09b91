// The server's time. A browser's clock may be minutes off, but badges must change at the server's time.

const SECOND_MS = 1000;

/**
 * Estimate how far the server's clock is ahead of this one, in milliseconds, between `min` and `max`. The Date
 * header was written between sending and receiving, and has a resolution of one second. Return null without such a
 * header.
 */
export function estimateOffset(date, sent, received) {
  const written = Date.parse(date ?? "");
  return Number.isNaN(written) ? null : { min: written - received, max: written + SECOND_MS - sent };
}

/** Combine two estimates. If they contradict each other, a clock was set, and the newer one is used. */
export function narrowOffset(known, newer) {
  if (!known || !newer) return newer ?? known;
  const both = { min: Math.max(known.min, newer.min), max: Math.min(known.max, newer.max) };
  return both.min <= both.max ? both : newer;
}

/** Create a clock that every response sets, to the middle of the estimate. */
export function createServerClock(read = Date.now) {
  let ahead = null;
  return {
    observe(date, sent, received) {
      ahead = narrowOffset(ahead, estimateOffset(date, sent, received));
    },
    now: () => read() + (ahead ? Math.round((ahead.min + ahead.max) / 2) : 0),
  };
}

export const serverClock = createServerClock();

/** Return the server's time, in milliseconds; before the first response, the browser's. */
export const serverNow = () => serverClock.now();
