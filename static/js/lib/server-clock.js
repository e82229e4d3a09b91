// What time it is on the server. A browser's clock may be minutes off, and badges turn at the server's moment.

const SECOND = 1000;

/**
 * How far the server's clock is ahead of this one, between `least` and `most`: its Date header was written
 * between sending and receiving, and names a whole second. Null where there is no such header.
 */
export function estimateOffset(date, sent, received) {
  const written = Date.parse(date ?? "");
  return Number.isNaN(written) ? null : { least: written - received, most: written + SECOND - sent };
}

/** What both tell; where they contradict each other a clock was set, and the newer counts. */
export function narrowOffset(known, newer) {
  if (!known || !newer) return newer ?? known;
  const both = { least: Math.max(known.least, newer.least), most: Math.min(known.most, newer.most) };
  return both.least <= both.most ? both : newer;
}

/** A clock that is set by every answer, from the middle of what is known. */
export function createServerClock(read = Date.now) {
  let ahead = null;
  return {
    observe(date, sent, received) {
      ahead = narrowOffset(ahead, estimateOffset(date, sent, received));
    },
    now: () => read() + (ahead ? Math.round((ahead.least + ahead.most) / 2) : 0),
  };
}

export const serverClock = createServerClock();

/** The server's time, as far as its answers have told it; at first the browser's. */
export const serverNow = () => serverClock.now();
