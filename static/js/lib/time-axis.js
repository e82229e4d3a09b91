// The time axis of the timeline and of the strips: from instants to pixels, ticks and bars. Pure.

import { formatClockFace } from "./time.js";

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

const MONTH_MIN = 28 * 1440;
const MAX_TICKS = 4000;

/** Format a length for CSS: "12.5px". */
export const toPx = (pixels) => `${Math.round(pixels * 10) / 10}px`;

/** Create the scale of a drawing: `toX` gives pixels, `toVisibleX` pixels within the drawing. */
export function createScale({ from, to }, pixels) {
  const toX = (instant) => ((instant - from) / (to - from)) * pixels;
  return { from, to, pixels, toX, toVisibleX: (instant) => Math.min(pixels, Math.max(0, toX(instant))) };
}

/**
 * Build ticks at round times of the viewer's day: `{at, x, isDay, label}`.
 *
 * The smallest of `stepsMin` (minutes) with at least `minGapPx` between two ticks is used. If none fits, the ticks
 * are `fallbackMin` apart, without labels. There is no label within `edgePx` of an end. With `hasDates`, ticks at
 * midnight show the date.
 */
export function buildTicks({ from, to, pixels, toX }, { stepsMin, minGapPx, fallbackMin, edgePx, hasDates = false }) {
  const pxPerMinute = (pixels / (to - from)) * MINUTE_MS;
  const fitting = stepsMin.find((each) => each * pxPerMinute >= minGapPx);
  const step = fitting ?? fallbackMin;
  const first = new Date(from);
  const ticks = [];
  for (let count = 0, at = 0; at < to && count < MAX_TICKS; count += 1) {
    // Wall time, so that ticks stay at full hours when the clocks change.
    const next = new Date(first.getFullYear(), first.getMonth(), first.getDate(), 0, count * step).getTime();
    if (next > from && next < to && next !== at) {
      const x = toX(next);
      const isLabelled = fitting && x >= edgePx && x <= pixels - edgePx;
      const isDay = (count * step) % 1440 === 0;
      ticks.push({ at: next, x, isDay, label: isLabelled ? formatTick(next, step, hasDates) : "" });
    }
    at = next;
  }
  return ticks;
}

function formatTick(at, stepMin, hasDates) {
  const date = new Date(at);
  const isMidnight = date.getHours() === 0 && date.getMinutes() === 0;
  if (!hasDates || !isMidnight) return formatClockFace(at);
  const year = stepMin >= MONTH_MIN ? { year: "numeric" } : { weekday: "short" };
  return date.toLocaleDateString("en-GB", { day: "numeric", month: "short", ...year });
}

/** Return the windows that are visible, in the order of their start, each with `left` and `right` in pixels. */
export function buildBars(windows, { from, to, pixels, toVisibleX }, minBarPx) {
  return windows
    .filter(({ start, end }) => start < to && end > from)
    .sort((one, other) => one.start - other.start)
    .map((window) => {
      const width = Math.max(minBarPx, toVisibleX(window.end) - toVisibleX(window.start));
      const left = Math.min(pixels - width, toVisibleX(window.start));
      return { ...window, left, right: left + width };
    });
}

/** Return a spike with its window in milliseconds. */
export const toWindow = (spike) => ({
  spike,
  start: Date.parse(spike.start_datetime),
  end: Date.parse(spike.end_datetime),
});
