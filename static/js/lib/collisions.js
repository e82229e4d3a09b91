// Spikes of one collection that overlap.

/** Return the window of a spike in milliseconds; microseconds round its end up. */
export function toOccupied(spike) {
  const ends = Date.parse(spike.end_datetime);
  const finer = /\.\d{3}\d*[1-9]/.test(spike.end_datetime) ? 1 : 0;
  return { id: spike.id, name: spike.name, start: Date.parse(spike.start_datetime), end: ends + finer };
}

/** Return the windows that the window overlaps, in the order of their start. */
export const findConflicts = ({ start, end }, others) =>
  others.filter((other) => other.start < end && start < other.end).sort((one, other) => one.start - other.start);
