// The time axis of the timeline and of the strips: from instants to pixels, ticks and bars. Pure.

import { formatClockFace } from "./time.js";

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

const HOUR_MIN = 60;
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
 * are `fallbackMin` apart, without labels. There is no label within `edgePx` of an end. With `hasDates`, the first
 * tick of a day shows the date.
 */
export function buildTicks({ from, to, pixels, toX }, { stepsMin, minGapPx, fallbackMin, edgePx, hasDates = false }) {
  const pxPerMinute = (pixels / (to - from)) * MINUTE_MS;
  const fitting = stepsMin.find((each) => each * pxPerMinute >= minGapPx);
  const step = fitting ?? fallbackMin;
  const getInstants = HOUR_MIN % step === 0 ? getInstantsWithinHours : getInstantsOfDays;
  return getInstants(from, to, step).map((at) => {
    const x = toX(at);
    const isDay = startsDay(at);
    const isLabelled = fitting && x >= edgePx && x <= pixels - edgePx;
    return { at, x, isDay, label: isLabelled ? formatTick(at, step, hasDates && isDay) : "" };
  });
}

/** Return instants in real time, so that an hour that occurs twice has its ticks twice. */
function getInstantsWithinHours(from, to, step) {
  const instants = [];
  const getExcess = (at) => new Date(at).getMinutes() % step;
  let at = new Date(from).setSeconds(0, 0);
  at -= getExcess(at) * MINUTE_MS;
  while (at < to && instants.length < MAX_TICKS) {
    if (at > from) instants.push(at);
    at += step * MINUTE_MS;
    const excess = getExcess(at); // after a change by half an hour
    if (excess) at += (step - excess) * MINUTE_MS;
  }
  return instants;
}

/** Return instants in wall time, so that ticks stay at full hours when the clocks change. */
function getInstantsOfDays(from, to, step) {
  const first = new Date(from);
  const instants = [];
  for (let count = 0, at = 0; at < to && count < MAX_TICKS; count += 1) {
    const next = new Date(first.getFullYear(), first.getMonth(), first.getDate(), 0, count * step).getTime();
    if (next > from && next < to && next > at) instants.push(next);
    at = Math.max(at, next);
  }
  return instants;
}

/** Return whether a day begins: at midnight, or when the clocks skip it, at 01:00. */
const startsDay = (at) => new Date(at).getDate() !== new Date(at - 1).getDate();

function formatTick(at, stepMin, isDate) {
  if (!isDate) return formatClockFace(at);
  const year = stepMin >= MONTH_MIN ? { year: "numeric" } : { weekday: "short" };
  return new Date(at).toLocaleDateString("en-GB", { day: "numeric", month: "short", ...year });
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
