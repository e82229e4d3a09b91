// A strip of a few hours round now with the windows on it: where everything stands.

import { face, status, times, windowWords } from "./time.js";

const HOUR = 3_600_000;
const HOURS_SHOWN = 6;
const MOST_HOURS = 26;
const LETTER = 6.6; // pixels; a guess that errs on the wide side
const GAP = 8;
const THINNEST = 7;

/**
 * The hours to show: from the hour before now, or before the active window's start, until at least
 * six hours later, and until the last window of today ends.
 */
export function spanOf(spikes, now) {
  const times = spikes.map((spike) => [Date.parse(spike.start_datetime), Date.parse(spike.end_datetime)]);
  const active = times.filter(([start, end]) => start <= now && now < end).map(([start]) => start);
  const earliest = Math.max(Math.min(now, ...active), now - HOURS_SHOWN * HOUR);
  const from = hourBefore(earliest - HOUR / 2);
  const midnight = midnightAfter(now);
  const ends = times.filter(([start, end]) => start < midnight && end > now).map(([, end]) => end + HOUR);
  const to = Math.max(from + HOURS_SHOWN * HOUR, ...ends.map(hourAfter));
  return { from, to: Math.min(to, from + MOST_HOURS * HOUR) };
}

/** The whole strip, for a drawing `pixels` wide: ticks, bars, and where now is. */
export function stripOf(spikes, now, pixels) {
  const { from, to } = spanOf(spikes, now);
  const at = (instant) => Math.min(100, Math.max(0, ((instant - from) / (to - from)) * 100));
  const bars = barsOf(spikes, now, { from, to, at, pixels });
  return { from, to, now: percent(at(now)), ticks: ticksOf(from, to, at, pixels), bars };
}

function ticksOf(from, to, at, pixels) {
  const hours = (to - from) / HOUR;
  const step = [1, 2, 3, 6, 12].find((each) => (pixels / hours) * each >= 58) ?? 12;
  const ticks = [];
  for (let tick = from + HOUR; tick < to; tick += HOUR) {
    const far = Math.min(tick - from, to - tick) >= (HOUR * hours * 20) / Math.max(pixels, 1);
    if (new Date(tick).getHours() % step !== 0 || !far) continue;
    ticks.push({ at: tick, left: percent(at(tick)), label: face(tick) });
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
    const right = Math.max((at(end) / 100) * pixels, left + THINNEST);
    const next = shown[index + 1];
    const free = next ? (at(next.start) / 100) * pixels : pixels;
    const line = (at(now) / 100) * pixels;
    const label = labelOf(spike.name, times(minute(start), minute(end)).replace(/ \+\d+$/, ""), { taken, left, right, free, line });
    taken = label.side === "right" ? right + label.width : right;
    return {
      id: spike.id,
      status: status(start, end, now),
      words: `${spike.name}, ${windowWords(start, end, now)}`,
      left: inPixels(left),
      width: inPixels(right - left),
      label: { ...label, left: inPixels(label.left), width: inPixels(label.width) },
    };
  });
}

/** The label goes inside its bar where it fits, else right, else left of it, not across now; else it is left out. */
function labelOf(name, times, { taken, left, right, free, line }) {
  const needed = [...name].length * LETTER + GAP;
  const more = times.length * LETTER + GAP;
  const places = [
    ...partsOf({ side: "inside", left, width: right - left }, line),
    ...partsOf({ side: "right", left: right, width: free - right - GAP }, line).slice(0, 1),
    ...partsOf({ side: "left", left: taken + GAP, width: left - taken - GAP }, line).slice(-1),
  ];
  const place = places.find(({ width }) => width >= needed);
  if (!place) return { side: "", left: 0, width: 0, name: "", times: "" };
  const withTimes = place.width >= needed + more;
  const width = place.side === "right" ? Math.min(place.width, needed + more) : place.width;
  return { ...place, width, name, times: withTimes ? times : "" };
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

const hourAfter = (instant) => (hourBefore(instant) === instant ? instant : hourBefore(instant) + HOUR);

function midnightAfter(now) {
  const day = new Date(now);
  day.setHours(24, 0, 0, 0);
  return day.getTime();
}
