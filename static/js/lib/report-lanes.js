// What happened in a window, on lines: the window, the polls of each key, and alerts. Pure: the time and the width are given.
// Polls are drawn as paths: a day has thousands of them.

import { formatClockFace } from "./time.js";
import { MINUTE_MS, buildTicks, createScale, toPx } from "./time-axis.js";

const PAD = 0.07; // free on both sides of the window, as a share of its length
const MIN_LENGTH_MS = 1000;
const MAX_LENGTHS = 5; // how many times its length is shown from the start of a window
const STEPS_MIN = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 7 * 1440, 28 * 1440];
const TICK_GAP_PX = 64;
const EDGE_GAP_PX = 46; // between a tick's label and that of the start or the end
const CHAR_PX = 6.2;
const LANE_PX = 34;
const MAX_RADIUS_PX = 3.2;
const MIN_RADIUS_PX = 1.2;
const MAX_COLUMN_PX = 18;
const MIN_COLUMN_WIDTH_PX = 2;
const MIN_BAR_PX = 2;
const MIN_LABEL_PX = 110;
const AFTER_PX = 12; // the first poll after the window stands this far behind its end: its time is not recorded

/** Return the range to show around a window; `until` is the last thing to show, if that is not too far behind. */
export function getReportRange({ start, end, until = end }) {
  const length = Math.max(end - start, MIN_LENGTH_MS);
  const from = start - PAD * length;
  const last = Math.max(start + length, Math.min(until, start + MAX_LENGTHS * length));
  return { from, to: last + PAD * (last - start) };
}

export const createReportScale = (window, pixels) => createScale(getReportRange(window), pixels);

/** Build the axis: the start and the end of the window, and ticks between them that do not meet their labels. */
export function buildReportAxis({ start, end }, scale) {
  const options = { stepsMin: STEPS_MIN, minGapPx: TICK_GAP_PX, fallbackMin: 365 * 1440, edgePx: 18, hasDates: true };
  const edges = [start, end].map((at) => ({ at, x: scale.toX(at), label: formatClockFace(Math.floor(at / 1000) * 1000) }));
  const width = edges[0].label.length * CHAR_PX;
  const isCrowded = edges[1].x - edges[0].x < width + 8;
  const shown = isCrowded ? [{ ...edges[0], label: "" }, edges[1]] : edges;
  const isFree = ({ x }) => shown.every((edge) => !edge.label || Math.abs(edge.x - x) >= EDGE_GAP_PX);
  const ticks = buildTicks(scale, options).map((tick) => ({ ...tick, label: isFree(tick) ? tick.label : "" }));
  const half = width / 2 + 2;
  return {
    ticks: ticks.map(({ at, x, label }) => ({ at, left: toPx(x), label })),
    edges: shown.map(({ x, label }, index) => ({
      key: index,
      left: toPx(x),
      label,
      labelLeft: toPx(Math.min(scale.pixels - half, Math.max(half, x))),
    })),
  };
}

/** Build the bar of the window; `servedEnd` is earlier than its end if the spike was deleted in it. */
export function buildWindowBar({ start, end, servedEnd }, scale) {
  const [left, middle, right] = [start, servedEnd, end].map(scale.toX);
  return {
    served: { left: toPx(left), width: toPx(servedEnd > start || !(end > start) ? Math.max(MIN_BAR_PX, middle - left) : 0) },
    isCut: servedEnd < end,
    rest: { left: toPx(middle), width: toPx(Math.max(0, right - middle)) },
    ...placeLabel(left, middle, scale),
  };
}

/** Place the label inside of what was served, or right of it where that is narrow. */
function placeLabel(left, right, { pixels }) {
  const isOutside = right - left < MIN_LABEL_PX;
  const from = isOutside ? right : left;
  return { isOutside, label: { left: toPx(from), width: toPx((isOutside ? pixels : right) - from) } };
}

/**
 * Build the drawing of the polls of one key: paths of dots, or of columns where there are more polls than recorded
 * times; and the dot of the first poll after.
 */
export function buildPollLane({ times, minutes, after }, { start, end }, scale) {
  const xs = times.map((seconds) => scale.toX(start + seconds * 1000));
  return {
    dots: minutes.length ? "" : buildDots(xs, getRadius(xs)),
    columns: minutes.length ? buildColumns(countByMinute(times, minutes), start, scale) : "",
    after: after === null ? "" : buildDots([Math.min(scale.toX(end) + AFTER_PX, scale.pixels - MAX_RADIUS_PX - 0.5)], MAX_RADIUS_PX),
  };
}

/** Return the index of the poll at a pixel, or -1. */
export function findPoll({ times }, start, scale, pixel, maxPx = 8) {
  const distances = times.map((seconds) => Math.abs(scale.toX(start + seconds * 1000) - pixel));
  const nearest = distances.indexOf(Math.min(...distances));
  return nearest >= 0 && distances[nearest] <= maxPx ? nearest : -1;
}

/** Return a radius with which neighbouring dots hardly touch. */
function getRadius(xs) {
  const gaps = xs.slice(1).map((x, index) => x - xs[index]);
  const gap = gaps.length ? gaps.sort((one, other) => one - other)[Math.floor(gaps.length / 2)] : Infinity;
  return Math.max(MIN_RADIUS_PX, Math.min(MAX_RADIUS_PX, 0.44 * gap));
}

const round = (number) => Math.round(number * 10) / 10;

function buildDots(xs, radius) {
  const r = round(radius);
  const places = [...new Set(xs.map((x) => Math.round(2 * x) / 2))]; // dots at one place look like one
  return places.map((x) => `M${round(x - r)} ${LANE_PX / 2}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`).join("");
}

/** Return `[minute, polls]` of all polls: of the first ones the times are known, of the others only these counts. */
const countByMinute = (times, minutes) => [...times.map((seconds) => [Math.floor(seconds / 60), 1]), ...minutes];

/** Build columns whose heights are the numbers of polls in a minute, or in several if a minute is narrow. */
function buildColumns(minutes, start, scale) {
  const minutePx = scale.toX(start + MINUTE_MS) - scale.toX(start);
  const perColumn = Math.max(1, Math.ceil(MIN_COLUMN_WIDTH_PX / minutePx));
  const columns = new Map();
  for (const [minute, polls] of minutes) {
    const column = Math.floor(minute / perColumn);
    columns.set(column, (columns.get(column) ?? 0) + polls);
  }
  const most = Math.max(...columns.values());
  const width = round(Math.max(1, perColumn * minutePx - (perColumn * minutePx > 4 ? 1 : 0)));
  return [...columns]
    .map(([column, polls]) => {
      const height = round(Math.max(3, (MAX_COLUMN_PX * polls) / most));
      const x = round(scale.toX(start + column * perColumn * MINUTE_MS));
      return `M${x} ${round((LANE_PX - height) / 2)}h${width}v${height}h${-width}z`;
    })
    .join("");
}

// Alerts

const MIN_ALERT_PX = 3;
const MIN_ALERT_LABEL_PX = 90;

/** Return the last instant of alerts and their deadlines. */
export function getLastAlertTime({ expectations = [], unexpected = [], decided_by: decided }, start) {
  const episodes = [...expectations.flatMap((each) => each.episodes), ...unexpected];
  const times = episodes.map(({ received_after: received, resolved_after: resolved }) => start + 1000 * (resolved ?? received));
  return Math.max(decided ? Date.parse(decided) : 0, ...times);
}

/** Build the bars of an alert, from firing to resolved or to now, and its deadlines. */
export function buildAlertLane({ episodes, deadlines }, { start, now }, scale) {
  const isSeen = (instant) => instant > scale.from && instant < scale.to;
  return {
    bars: episodes.map(({ received_after: received, resolved_after: resolved }, index) => {
      const [from, to] = [start + 1000 * received, resolved === null ? Math.max(now, start + 1000 * received) : start + 1000 * resolved];
      const [left, right] = [scale.toVisibleX(from), scale.toVisibleX(to)];
      const width = Math.max(MIN_ALERT_PX, right - left);
      return { key: index, style: { left: toPx(left), width: toPx(width) }, isOpen: resolved === null, hasLabel: width >= MIN_ALERT_LABEL_PX };
    }),
    deadlines: deadlines.filter(({ at }) => isSeen(at)).map(({ at, title }) => ({ key: at, title, left: toPx(scale.toX(at)) })),
  };
}

/** Return the deadlines of an expectation: until when it must fire, and resolve; or stay quiet. */
export function getDeadlines({ kind, within, counts_from: from, resolve_within: resolve, until }, { start, end }) {
  if (kind === "quiet") return until ? [{ at: end + 1000 * until, title: "Quiet until here" }] : [];
  const due = { at: start + 1000 * (from + within), title: "Deadline to fire" };
  return resolve === null ? [due] : [due, { at: end + 1000 * resolve, title: "Deadline to resolve" }];
}
