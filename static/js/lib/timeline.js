// Where everything stands on a timeline that is so many pixels wide. Pure: time, width and the width of
// a text are given.

import { at } from "./base.js";
import { formatTime, formatClockFace, formatUtc, formatWindow } from "./time.js";
import { STATUS_LABELS, getSpikeStatus } from "./spike-format.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** How many days are shown, and how many of them lie back. */
export const ZOOMS = [
  { days: 2, back: 0.5 },
  { days: 5, back: 1 },
  { days: 8, back: 1 },
];
export const LEAST_BAR = 7;
export const LEAST_HIT = 24;
const LEAST_HOURS = 56;
const LEAST_INSIDE = 90; // a bar that is worth the beginning of a long name
const PAD = 6;
const SLACK = 2; // a text that is as wide as its room may lose a pixel
const GAP = 4;

const toPx = (value) => `${Math.round(value * 10) / 10}px`;

const LAST = Date.UTC(9999, 0, 1);

/** The part that is shown: `shift` times its own length away from now, within the years 1970 to 9998. */
export function getVisibleRange(now, days, shift = 0) {
  const { back } = ZOOMS.find((zoom) => zoom.days === days);
  const wanted = new Date(now).setMinutes(0, 0, 0) - back * DAY + shift * days * DAY;
  const from = Math.min(Math.max(wanted, 0), LAST - days * DAY);
  return { from, to: from + days * DAY };
}

/** From instants to pixels, with what is needed to draw. */
export const createView = ({ from, to }, { now, pixels, measure }) => ({
  from,
  to,
  now,
  pixels,
  measure,
  x: (instant) => ((instant - from) / (to - from)) * pixels,
});

// --- The axis --------------------------------------------------------------------------------------------

/** Lines at every day and at hours between; their labels where there is room. */
export function buildTicks(view) {
  const { from, to, pixels, x } = view;
  const hourPixels = (pixels / (to - from)) * HOUR;
  const step = [3, 6, 12].find((hours) => hours * hourPixels >= LEAST_HOURS) ?? 12;
  const isLabelled = step * hourPixels >= LEAST_HOURS;
  const ticks = [];
  for (const midnight of getMidnights(view)) {
    for (let hour = 0; hour < 24; hour += step) {
      const at = new Date(midnight).setHours(hour);
      if (at <= from || at >= to) continue;
      const left = x(at);
      const fits = isLabelled && left >= 18 && left <= pixels - 18;
      ticks.push({ at, left: toPx(left), isDay: hour === 0, label: fits ? formatClockFace(at) : "" });
    }
  }
  return ticks;
}

/** The names of the days, as long as there is room; they give way to the time on the axis. */
export function buildDayLabels(view) {
  const { from, to, now, pixels, measure, x } = view;
  const pill = x(now) - measure("00:00", "pill") / 2 - PAD;
  const pillEnd = x(now) + measure("00:00", "pill") / 2 + PAD;
  let named = "";
  return getMidnights(view).flatMap((midnight) => {
    const end = Math.min(pixels, x(new Date(midnight).setHours(24)));
    const isBeside = (left, width) => !isWithin(now, from, to) || left + width + GAP < pill || left > pillEnd;
    const starts = [Math.max(0, x(midnight)) + PAD, pillEnd + GAP];
    const date = new Date(midnight);
    const month = formatMonth(date);
    const texts = [formatWeekday(date), String(date.getDate())];
    if (named !== month) texts.unshift(`${formatWeekday(date)} ${month}`);
    for (const text of texts) {
      const width = measure(text, "day");
      const fits = (start) => start >= Math.max(0, x(midnight)) && start + width + GAP <= end;
      const left = starts.find((start) => fits(start) && isBeside(start, width));
      if (left === undefined) continue;
      named = text.endsWith(month) ? month : named;
      return [{ at: midnight, left: toPx(left), label: text }];
    }
    return [];
  });
}

function getMidnights({ from, to }) {
  const first = new Date(from);
  const found = [];
  for (let days = 0; ; days += 1) {
    // Each by its date: where the clocks skip a midnight the day begins at one, and the next ones do not.
    const midnight = new Date(first.getFullYear(), first.getMonth(), first.getDate() + days).getTime();
    if (midnight >= to) return found;
    found.push(midnight);
  }
}

const isWithin = (instant, from, to) => instant >= from && instant < to;
const formatMonth = (date) => date.toLocaleDateString("en-GB", { month: "short" });
const formatWeekday = (date) => `${date.toLocaleDateString("en-GB", { weekday: "short" })} ${date.getDate()}`;

/** "Mon 23 to Sat 28 Nov". */
export function formatRange({ from, to }) {
  const [first, last] = [new Date(from), new Date(to - 1)];
  const year = last.getFullYear() === new Date().getFullYear() ? "" : ` ${last.getFullYear()}`;
  const start = formatWeekday(first) + (formatMonth(first) === formatMonth(last) ? "" : ` ${formatMonth(first)}`);
  return `${start} to ${formatWeekday(last)} ${formatMonth(last)}${year}`;
}

/** Where now is: the line, its time, and how much is past. */
export function buildNowLine({ from, to, now, pixels, x }) {
  const at = Math.min(pixels, Math.max(0, x(now)));
  const isSeen = isWithin(now, from, to);
  const label = isSeen ? formatClockFace(new Date(now).setSeconds(0, 0)) : "";
  return { isSeen, line: { left: toPx(at) }, past: { width: toPx(at) }, label };
}

// --- The bars --------------------------------------------------------------------------------------------

/** The bars of one lane, with their labels inside, right or left of them, or in the tooltip only. */
export function buildBars(spikes, view, getIsDimmed = () => false) {
  const { from, to, now, pixels, x } = view;
  const bars = spikes
    .map((spike) => ({ spike, start: Date.parse(spike.start_datetime), end: Date.parse(spike.end_datetime) }))
    .filter(({ start, end }) => start < to && end > from)
    .sort((one, other) => one.start - other.start)
    .map(({ spike, start, end }) => {
      const width = Math.max(LEAST_BAR, Math.min(pixels, x(end)) - Math.max(0, x(start)));
      const left = Math.min(pixels - width, Math.max(0, x(start)));
      return { spike, left, width, right: left + width, isDimmed: getIsDimmed(spike) };
    });
  placeLabels(bars, view);
  return bars.map(({ spike, left, width, label, isDimmed }) => {
    const hit = Math.max(LEAST_HIT, width);
    const hitLeft = Math.min(pixels - hit, Math.max(0, left - (hit - width) / 2));
    const state = getSpikeStatus(spike, now);
    const words = formatWindow(spike.start_datetime, spike.end_datetime, now);
    return {
      id: spike.id,
      name: spike.name,
      href: at(`/spikes/${spike.id}`),
      classes: `${state}${isDimmed ? " is-aside" : ""}`,
      hit: { left: toPx(hitLeft), width: toPx(hit) },
      bar: { left: toPx(left - hitLeft), width: toPx(width) },
      place: label.place,
      label: { left: toPx(label.left), maxWidth: toPx(label.width) },
      words: `${spike.name}, ${STATUS_LABELS[state]}, ${words}`,
      title: [spike.name, `${STATUS_LABELS[state]}, ${words}`, formatUtcRange(spike)].join("\n"),
    };
  });
}

const formatUtcRange = (spike) => `${formatUtc(spike.start_datetime)} to ${formatUtc(spike.end_datetime)}`;

// Inside where the name fits, else right, else left of the bar, and never across the line for now; where there is
// no such place, or labels would meet, the name stays in the tooltip.
function placeLabels(bars, { now, pixels, measure, x }) {
  let taken = 0; // up to here there is something already
  const crosses = (left, width) => left < x(now) && x(now) < left + width;
  bars.forEach((bar, index) => {
    const width = measure(bar.spike.name, "label");
    const limit = bars[index + 1]?.left ?? pixels;
    const right = { place: "right", left: bar.right + PAD, width: width + SLACK };
    const left = { place: "left", left: bar.left - PAD - width, width: width + SLACK };
    const isFree = {
      right: right.left + width + GAP <= limit,
      left: left.left - GAP >= taken,
    };
    const beside = [right, left].find((label) => isFree[label.place] && !crosses(label.left, width));
    const parts = partsOf(bar, x(now));
    const whole = parts.find((part) => width + 2 * PAD <= part.width);
    const part = whole ?? parts.find((each) => each.width >= LEAST_INSIDE);
    bar.label = { place: "", left: 0, width: 0 };
    if (!bar.isDimmed) {
      if (beside && !whole) bar.label = beside;
      else if (part)
        bar.label = { place: "inside", left: part.left + PAD, width: Math.min(width + SLACK, part.width - 2 * PAD) };
    }
    taken = bar.label.place === "right" ? bar.label.left + width : bar.right;
  });
}

/** The bar, or its parts before and after the line for now. */
function partsOf({ left, right }, line) {
  const edges = left < line && line < right ? [left, line, right] : [left, right];
  return edges.slice(1).map((edge, index) => ({ left: edges[index], width: edge - edges[index] }));
}

// --- An empty place --------------------------------------------------------------------------------------

/**
 * The spike that a click at a pixel offers: `{start, left, label}`; null in the past and in a window.
 * `start` is "" where it would start now.
 */
export function findFreeSlot(pixel, spikes, { from, to, now, pixels, x }) {
  const minutes = { 2: 15, 5: 30, 8: 60 }[Math.round((to - from) / DAY)];
  const place = new Date(from + (pixel / pixels) * (to - from));
  const cell = place.setMinutes(Math.floor(place.getMinutes() / minutes) * minutes, 0, 0);
  const cellEnd = cell + minutes * 60_000;
  if (cellEnd <= now) return null;
  const windows = spikes
    .map((spike) => [Date.parse(spike.start_datetime), Date.parse(spike.end_datetime)])
    .sort(([one], [other]) => one - other);
  let start = Math.max(cell, now);
  for (const [begin, end] of windows) if (begin <= start && start < end) start = end;
  if (start >= cellEnd) return null;
  const left = toPx(x(start));
  if (start === now) return { start: "", left, label: "now" };
  return { start: new Date(start).toISOString(), left, label: formatTime(start) };
}
