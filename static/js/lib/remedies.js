// How to change a window so that it no longer collides. Loaded on demand, at the first collision. Pure: the current time
// is a parameter.

import { findConflicts } from "./collisions.js";
import { MAX_INSTANT, ceilMinute, floorMinute } from "./spike-window.js";

/**
 * Return the two remedies of a window with conflicts, which can be null: `free`, the next free window of this length,
 * and `shortened`, an end before the first conflict.
 */
export function findRemedies({ start, end }, conflicts, others, now) {
  const first = conflicts[0].start;
  const neat = floorMinute(first);
  const shortened = neat > start ? neat : first;
  return {
    free: findFreeSlot(start, end - start, others),
    shortened: shortened > start && shortened > now ? shortened : null,
  };
}

// Prefer a whole minute if it is free too.
function findFreeSlot(start, length, others) {
  let free = start;
  for (const other of [...others].sort((one, another) => one.start - another.start)) {
    if (free + length <= other.start) break;
    free = Math.max(free, other.end);
  }
  const neat = ceilMinute(free);
  const at = findConflicts({ start: neat, end: neat + length }, others).length ? free : neat;
  return at + length < MAX_INSTANT ? { start: at, end: at + length } : null;
}
