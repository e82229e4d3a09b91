// A strip of a few hours round now with the windows on it: where everything stands.

import { formatClockFace, getWindowStatus, formatTimeRange, formatWindow } from "./time.js";

const HOUR_MS = 3_600_000;
const HOURS_SHOWN = 6;
const MAX_HOURS = 26;
const CHAR_WIDTH_PX = 6.6; // pixels; a guess that errs on the wide side
const GAP_PX = 8;
const MIN_BAR_PX = 7;

/**
 * The hours to show: from the hour before now, or before the active window's start, until at least
 * six hours later, and until the last window of today ends.
 */
export function getVisibleRange(spikes, now) {
  const formatTimeRange = spikes.map((spike) => [Date.parse(spike.start_datetime), Date.parse(spike.end_datetime)]);
  const active = formatTimeRange.filter(([start, end]) => start <= now && now < end).map(([start]) => start);
  const earliest = Math.max(Math.min(now, ...active), now - HOURS_SHOWN * HOUR_MS);
  const from = hourBefore(earliest - HOUR_MS / 2);
  const midnight = midnightAfter(now);
  const ends = formatTimeRange.filter(([start, end]) => start < midnight && end > now).map(([, end]) => end + HOUR_MS);
  const to = Math.max(from + HOURS_SHOWN * HOUR_MS, ...ends.map(hourAfter));
  return { from, to: Math.min(to, from + MAX_HOURS * HOUR_MS) };
}

/** The whole strip, for a drawing `pixels` wide: ticks, bars, and where now is. */
export function buildDayStrip(spikes, now, pixels) {
  const { from, to } = getVisibleRange(spikes, now);
  const at = (instant) => Math.min(100, Math.max(0, ((instant - from) / (to - from)) * 100));
  const bars = barsOf(spikes, now, { from, to, at, pixels });
  return { from, to, now: percent(at(now)), ticks: ticksOf(from, to, at, pixels), bars };
}

function ticksOf(from, to, at, pixels) {
  const hours = (to - from) / HOUR_MS;
  const step = [1, 2, 3, 6, 12].find((each) => (pixels / hours) * each >= 58) ?? 12;
  const ticks = [];
  for (let tick = from + HOUR_MS; tick < to; tick += HOUR_MS) {
    const far = Math.min(tick - from, to - tick) >= (HOUR_MS * hours * 20) / Math.max(pixels, 1);
    if (new Date(tick).getHours() % step !== 0 || !far) continue;
    ticks.push({ at: tick, left: percent(at(tick)), label: formatClockFace(tick) });
  }
  return ticks;
}

function barsOf(spikes, now, { from, to, at, pixels }) {
  const shown = spikes
    .map((spike) => ({ spike, start: Date.parse(spike.start_datetime), end: Date.parse(spike.end_datetime) }))
    .filter(({ start, end }) => start < to && end > from)
    .sort((one, other) => one.start - other.start);
  let taken = 0;
  return shown.map(({ spike, start, end }, index) => {
    const left = (at(start) / 100) * pixels;
    const right = Math.max((at(end) / 100) * pixels, left + MIN_BAR_PX);
    const next = shown[index + 1];
    const free = next ? (at(next.start) / 100) * pixels : pixels;
    const line = (at(now) / 100) * pixels;
    const label = labelOf(spike.name, formatTimeRange(minute(start), minute(end)).replace(/ \+\d+$/, ""), { taken, left, right, free, line });
    taken = label.side === "right" ? right + label.width : right;
    return {
      id: spike.id,
      status: getWindowStatus(start, end, now),
      words: `${spike.name}, ${formatWindow(start, end, now)}`,
      left: inPixels(left),
      width: inPixels(right - left),
      label: { ...label, left: inPixels(label.left), width: inPixels(label.width) },
    };
  });
}

/** The label goes inside its bar where it fits, else right, else left of it, not across now; else it is left out. */
function labelOf(name, formatTimeRange, { taken, left, right, free, line }) {
  const needed = [...name].length * CHAR_WIDTH_PX + GAP_PX;
  const more = formatTimeRange.length * CHAR_WIDTH_PX + GAP_PX;
  const places = [
    ...partsOf({ side: "inside", left, width: right - left }, line),
    ...partsOf({ side: "right", left: right, width: free - right - GAP_PX }, line).slice(0, 1),
    ...partsOf({ side: "left", left: taken + GAP_PX, width: left - taken - GAP_PX }, line).slice(-1),
  ];
  const place = places.find(({ width }) => width >= needed);
  if (!place) return { side: "", left: 0, width: 0, name: "", times: "" };
  const withTimes = place.width >= needed + more;
  const width = place.side === "right" ? Math.min(place.width, needed + more) : place.width;
  return { ...place, width, name, times: withTimes ? formatTimeRange : "" };
}

/** The place, or what of it lies before and after the line for now. */
function partsOf({ side, left, width }, line) {
  if (line <= left || line >= left + width) return [{ side, left, width }];
  return [
    { side, left, width: line - left },
    { side, left: line, width: left + width - line },
  ];
}

const minute = (instant) => Math.floor(instant / 60_000) * 60_000;

const percent = (share) => `${share.toFixed(3)}%`;
const inPixels = (length) => `${length.toFixed(1)}px`;

function hourBefore(instant) {
  return new Date(instant).setMinutes(0, 0, 0);
}

const hourAfter = (instant) => (hourBefore(instant) === instant ? instant : hourBefore(instant) + HOUR_MS);

function midnightAfter(now) {
  const day = new Date(now);
  day.setHours(24, 0, 0, 0);
  return day.getTime();
}
