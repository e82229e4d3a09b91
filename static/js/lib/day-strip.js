// The strip of a few hours around now on a collection's page. Pure.

import { estimateTextWidth, placeLabels } from "./bar-labels.js";
import { HOUR_MS, MINUTE_MS, buildBars, buildTicks, createScale, toPx, toWindow } from "./time-axis.js";
import { getWindowStatus } from "./durations.js";
import { formatTimeRange, formatWindow } from "./time.js";

const HOURS_SHOWN = 6;
const MAX_HOURS = 26;
const MIN_BAR_PX = 7;
const TICKS = { stepsMin: [60, 120, 180, 360, 720], minGapPx: 58, fallbackMin: 720, edgePx: 20 };
const LABELS = { paddingPx: 8, gapPx: 8 };

/**
 * Return the range to show: from the hour before now, or before the active window's start, until at least
 * six hours later, and until the last window of today ends.
 */
export function getVisibleRange(spikes, now) {
  const windows = spikes.map(toWindow);
  const active = windows.filter(({ start, end }) => start <= now && now < end).map(({ start }) => start);
  const earliest = Math.max(Math.min(now, ...active), now - HOURS_SHOWN * HOUR_MS);
  const from = floorHour(earliest - HOUR_MS / 2);
  const midnight = new Date(now).setHours(24, 0, 0, 0);
  const ends = windows.filter(({ start, end }) => start < midnight && end > now).map(({ end }) => end + HOUR_MS);
  const to = Math.max(from + HOURS_SHOWN * HOUR_MS, ...ends.map(ceilHour));
  return { from, to: Math.min(to, from + MAX_HOURS * HOUR_MS) };
}

/** Build the strip for a drawing `pixels` wide: ticks, bars with labels, and the line for now. */
export function buildDayStrip(spikes, now, pixels) {
  const scale = createScale(getVisibleRange(spikes, now), pixels);
  const bars = buildBars(spikes.map(toWindow), scale, MIN_BAR_PX).map((bar) => ({ ...bar, texts: buildTexts(bar) }));
  const labels = placeLabels(bars, { ...LABELS, pixels, lineX: scale.toX(now) });
  return {
    from: scale.from,
    to: scale.to,
    now: toPx(scale.toVisibleX(now)),
    ticks: buildTicks(scale, TICKS).map(({ at, x, label }) => ({ at, left: toPx(x), label })),
    bars: bars.map(({ spike, start, end, left, right }, index) => ({
      id: spike.id,
      status: getWindowStatus(start, end, now),
      description: `${spike.name}, ${formatWindow(start, end, now)}`,
      left: toPx(left),
      width: toPx(right - left),
      label: { ...labels[index], left: toPx(labels[index].left), width: toPx(labels[index].width) },
    })),
  };
}

function buildTexts({ spike: { name }, start, end }) {
  const times = formatTimeRange(floorMinute(start), floorMinute(end)).replace(/ \+\d+$/, "");
  const width = estimateTextWidth(name);
  return [
    { name, times, width: width + estimateTextWidth(` ${times}`) },
    { name, times: "", width },
  ];
}

const floorMinute = (instant) => Math.floor(instant / MINUTE_MS) * MINUTE_MS;
const floorHour = (instant) => new Date(instant).setMinutes(0, 0, 0);
const ceilHour = (instant) => (floorHour(instant) === instant ? instant : floorHour(instant) + HOUR_MS);
