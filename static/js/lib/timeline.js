// The timeline: lanes of collections with their spikes. Pure: the time, the width and the width of a text are given.

import { placeLabels } from "./bar-labels.js";
import { withPrefix } from "./base.js";
import { formatCount, formatNumber } from "./numbers.js";
import { STATUS_LABELS, getSpikeStatus } from "./spike-status.js";
import { HOUR_MS, MINUTE_MS, buildBars, buildTicks, createScale, toPx, toWindow } from "./time-axis.js";
import { formatClockFace, formatTime, formatUtcRange, formatWindow } from "./time.js";

/** The zoom levels: how many hours are visible, how many of them are in the past, and the minutes between two slots. */
export const ZOOMS = [
  { hours: 6, hoursBack: 1, slotMin: 5, label: "6 h" },
  { hours: 24, hoursBack: 4, slotMin: 15, label: "24 h" },
  { hours: 48, hoursBack: 12, slotMin: 15, label: "2 days" },
  { hours: 120, hoursBack: 24, slotMin: 30, label: "5 days" },
  { hours: 192, hoursBack: 24, slotMin: 60, label: "8 days" },
];
const MIN_BAR_PX = 7;
const MIN_HIT_PX = 24;
const PADDING_PX = 6;
const GAP_PX = 4;
const ROUNDING_PX = 2; // a text exactly as wide as its box may lose a pixel
const TICKS = { stepsMin: [15, 30, 60, 120, 180, 360, 720], minGapPx: 56, fallbackMin: 720, edgePx: 18 };
const LABELS = { paddingPx: PADDING_PX, gapPx: GAP_PX, minClippedPx: 90 };
const MAX_INSTANT = Date.UTC(9999, 0, 1);

/** Return the visible range: `shift` times its own length away from now, within the years 1970 to 9998. */
export function getVisibleRange(now, hours, shift = 0) {
  const { hoursBack } = ZOOMS.find((zoom) => zoom.hours === hours);
  const length = hours * HOUR_MS;
  const start = new Date(now).setMinutes(0, 0, 0) - hoursBack * HOUR_MS + shift * length;
  const from = Math.min(Math.max(start, 0), MAX_INSTANT - length);
  return { from, to: from + length };
}

/** Create the scale of a timeline, with the time and the function that measures texts. */
export const createView = (range, { now, pixels, measure }) => ({ ...createScale(range, pixels), now, measure });

// The axis

/** Build the lines of days and hours; hours are labelled if there is room. */
export const buildTimelineTicks = (view) => buildTicks(view, TICKS).map((tick) => ({ ...tick, left: toPx(tick.x) }));

/** Build the labels of the days that have room; they make way for the time on the axis. */
export function buildDayLabels(view) {
  const { from, to, now, pixels, measure, toX } = view;
  const pillStart = toX(now) - measure("00:00", "pill") / 2 - PADDING_PX;
  const pillEnd = toX(now) + measure("00:00", "pill") / 2 + PADDING_PX;
  let labelledMonth = "";
  return getMidnights(view).flatMap((midnight) => {
    const end = Math.min(pixels, toX(new Date(midnight).setHours(24)));
    const isBeside = (left, width) => !isWithin(now, from, to) || left + width + GAP_PX < pillStart || left > pillEnd;
    const starts = [Math.max(0, toX(midnight)) + PADDING_PX, pillEnd + GAP_PX];
    const date = new Date(midnight);
    const month = formatMonth(date);
    const texts = [formatWeekday(date), String(date.getDate())];
    if (labelledMonth !== month) texts.unshift(`${formatWeekday(date)} ${month}`);
    for (const text of texts) {
      const width = measure(text, "day");
      const fits = (start) => start >= Math.max(0, toX(midnight)) && start + width + GAP_PX <= end;
      const left = starts.find((start) => fits(start) && isBeside(start, width));
      if (left === undefined) continue;
      labelledMonth = text.endsWith(month) ? month : labelledMonth;
      return [{ at: midnight, left: toPx(left), label: text }];
    }
    return [];
  });
}

function getMidnights({ from, to }) {
  const first = new Date(from);
  const midnights = [];
  for (let days = 0; ; days += 1) {
    // Each by its date: if the clocks skip midnight, this day begins at 01:00, but the next ones do not.
    const midnight = new Date(first.getFullYear(), first.getMonth(), first.getDate() + days).getTime();
    if (midnight >= to) return midnights;
    midnights.push(midnight);
  }
}

const isWithin = (instant, from, to) => instant >= from && instant < to;
const formatMonth = (date) => date.toLocaleDateString("en-GB", { month: "short" });
const formatWeekday = (date) => `${date.toLocaleDateString("en-GB", { weekday: "short" })} ${date.getDate()}`;

/** Format the visible range: "Mon 23 to Sat 28 Nov", "Tue 24 Nov". */
export function formatRange({ from, to }) {
  const [first, last] = [new Date(from), new Date(to - 1)];
  const year = last.getFullYear() === new Date().getFullYear() ? "" : ` ${last.getFullYear()}`;
  if (first.toDateString() === last.toDateString()) return `${formatWeekday(last)} ${formatMonth(last)}${year}`;
  const start = formatWeekday(first) + (formatMonth(first) === formatMonth(last) ? "" : ` ${formatMonth(first)}`);
  return `${start} to ${formatWeekday(last)} ${formatMonth(last)}${year}`;
}

/** Build the line for now: its place, its time, and the width of the past. */
export function buildNowLine({ from, to, now, toVisibleX }) {
  const left = toPx(toVisibleX(now));
  const isSeen = isWithin(now, from, to);
  const label = isSeen ? formatClockFace(new Date(now).setSeconds(0, 0)) : "";
  return { isSeen, line: { left }, past: { width: left }, label };
}

/** Return what lies outside of the range in a lane: `{text, label, start}` for "earlier" and "later", or null. */
export function buildOutside({ name, earlier, later }) {
  const build = (outside, words) =>
    outside && {
      text: words(formatNumber(outside.count)),
      label: `${formatCount(outside.count, "spike")} of ${name}: show the nearest`,
      start: outside.start_datetime,
    };
  return { earlier: build(earlier, (count) => `← ${count} earlier`), later: build(later, (count) => `${count} later →`) };
}

// The bars

/** Build the bars of one lane with their labels; a name without room is only in the tooltip. */
export function buildLaneBars(spikes, view, isDimmed = () => false) {
  const bars = buildBars(spikes.map(toWindow), view, MIN_BAR_PX).map((bar) => {
    const { name } = bar.spike;
    const texts = isDimmed(bar.spike) ? [] : [{ name, width: view.measure(name, "label") }];
    return { ...bar, texts, isDimmed: isDimmed(bar.spike) };
  });
  const labels = placeLabels(bars, { ...LABELS, pixels: view.pixels, lineX: view.toX(view.now) });
  return bars.map((bar, index) => describeBar(bar, labels[index], view));
}

function describeBar({ spike, left, right, isDimmed }, label, { now, pixels }) {
  const hitWidth = Math.max(MIN_HIT_PX, right - left);
  const hitLeft = Math.min(pixels - hitWidth, Math.max(0, left - (hitWidth - right + left) / 2));
  const { name, start_datetime: start, end_datetime: end } = spike;
  const status = getSpikeStatus(spike, now);
  const description = `${STATUS_LABELS[status]}, ${formatWindow(start, end, now)}`;
  return {
    id: spike.id,
    name,
    href: withPrefix(`/spikes/${spike.id}`),
    classes: `${status}${isDimmed ? " is-dimmed" : ""}`,
    hit: { left: toPx(hitLeft), width: toPx(hitWidth) },
    bar: { left: toPx(left - hitLeft), width: toPx(right - left) },
    place: label.place,
    label: { left: toPx(label.left), maxWidth: toPx(label.width + ROUNDING_PX) },
    description: `${name}, ${description}`,
    title: [name, description, formatUtcRange(start, end)].join("\n"),
  };
}

// Empty slots

/**
 * Return the slot for a new spike at a pixel: `{start, left, label}`; null in the past and inside a window.
 * `start` is "" if the spike would start now.
 */
export function findFreeSlot(pixel, spikes, { from, to, now, pixels, toX }) {
  const { slotMin } = ZOOMS.find(({ hours }) => hours === Math.round((to - from) / HOUR_MS));
  const date = new Date(from + (pixel / pixels) * (to - from));
  const slot = date.setMinutes(Math.floor(date.getMinutes() / slotMin) * slotMin, 0, 0);
  const slotEnd = slot + slotMin * MINUTE_MS;
  if (slotEnd <= now) return null;
  let start = Math.max(slot, now);
  const windows = spikes.map(toWindow).sort((one, other) => one.start - other.start);
  for (const window of windows) if (window.start <= start && start < window.end) start = window.end;
  if (start >= slotEnd) return null;
  const left = toPx(toX(start));
  if (start === now) return { start: "", left, label: "now" };
  return { start: new Date(start).toISOString(), left, label: formatTime(start) };
}
