// Formatting how far away an instant is. Pure: the current time is a parameter.

import { formatDuration } from "./durations.js";
import { DAY_MS } from "./time-zone.js";

const RELATIVE_DAYS_FROM = 2;

/** Format how far away an instant is: "2 s ago", "in 37 min", "in 90 days", "just now" within one `stepMs`. */
export function formatRelative(instant, now, stepMs = 1000) {
  const distance = new Date(instant) - now;
  const length = Math.floor(Math.abs(distance) / stepMs) * stepMs;
  if (length < stepMs) return "just now";
  const days = Math.round(length / DAY_MS);
  const words = days >= RELATIVE_DAYS_FROM ? `${days} days` : formatDuration(length);
  return distance > 0 ? `in ${words}` : `${words} ago`;
}

/** Format how long ago something happened; clocks that differ never make it "in 2 s". */
export const formatAgo = (instant, now, stepMs) => formatRelative(instant, Math.max(now, new Date(instant)), stepMs);
