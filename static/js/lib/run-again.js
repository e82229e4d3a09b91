// What is in the way of running a spike again. Pure: the current time is a parameter.

import { formatShortDateTime, formatShortWindow } from "./time.js";

/**
 * Return `{text, free, verb}` for a refusal with conflicts: which spike is in the way, and the button that runs the
 * spike in the next free window; `free` is "" if there is none.
 */
export function formatCollision({ conflicts, next_free_start: free }, now) {
  const [{ name, start_datetime: start, end_datetime: end }] = conflicts;
  const others = conflicts.length > 1 ? ` and ${conflicts.length - 1} more` : "";
  const verb = free ? `Run it at ${formatShortDateTime(free, now)}` : "";
  return { text: `“${name}”${others} is in the way: ${formatShortWindow(start, end, now)}.`, free: free ?? "", verb };
}
