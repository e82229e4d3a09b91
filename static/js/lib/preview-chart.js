// The chart of a preview: dots are polls, the window is shaded, dashed lines show the normal
// range. Pure, up to the drawing as SVG: all positions are pixels.

import { formatWindowTimes } from "./spike-window.js";
import { formatTime } from "./time.js";
import { createScale } from "./time-axis.js";
import { buildStripTicks } from "./window-strip.js";
import { formatNumber } from "./numbers.js";

export const HEIGHT = 230;
const TOP = 26;
const BOTTOM = 202;
const MARGIN_RIGHT = 18; // room for half a label
const CHAR_WIDTH_PX = 6.2; // an estimate on the wide side
const GAP = 6;
const LEVELS = 4;

/** Build the drawing of one field of a preview. */
export function buildChart(preview, line, width) {
  const scale = buildValueScale(line.values, line.normal);
  const labels = formatLevels(scale.levels);
  const left = 14 + CHAR_WIDTH_PX * Math.max(...labels.map((label) => label.length));
  const right = width - MARGIN_RIGHT;
  const [first, last] = [preview.times[0], preview.times.at(-1)];
  const share = (second) => Math.min(1, Math.max(0, (second - first) / (last - first || 1)));
  const x = (second) => roundToTenth(left + share(second) * (right - left));
  const y = (value) => roundToTenth(BOTTOM - scale.share(value) * (BOTTOM - TOP));

  const start = Date.parse(preview.start_datetime);
  const end = Date.parse(preview.end_datetime);
  const span = { from: x(start / 1000), to: x(end / 1000) };
  const points = line.values.map((value, index) => ({
    x: x(preview.times[index]),
    y: y(value),
    words: `${formatTime(preview.times[index] * 1000)}: ${formatNumber(value)}`,
  }));
  return {
    width,
    top: TOP,
    bottom: BOTTOM,
    left,
    right,
    levels: scale.levels.map((value, index) => ({ y: y(value), label: labels[index] })),
    ticks: buildStripTicks(createScale({ from: first * 1000, to: last * 1000 }, right - left)).map((tick) => ({
      x: roundToTenth(left + tick.x),
      label: tick.label,
    })),
    span,
    heads: buildHeads(span, left, right, formatWindowTimes({ start, end })),
    normal: buildNormalBand(line.normal, y, span, inWindow(points, preview.phases)),
    points,
    firstInWindow: preview.phases.before,
    ...buildLines(points, preview.phases, line.is_overridden),
  };
}

/** Return the index of the poll nearest to `x`, or -1. */
export function findNearestPoint({ points }, x) {
  let found = -1;
  points.forEach((point, index) => {
    if (found < 0 || Math.abs(point.x - x) < Math.abs(points[found].x - x)) found = index;
  });
  return found;
}

/**
 * Build a scale with round levels. It starts at zero if that costs little space, and always includes the normal
 * range.
 */
export function buildValueScale(values, normal) {
  const all = [...values, ...(normal ?? [])];
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const bottom = least >= 0 && least <= 0.7 * most ? 0 : least;
  const top = most <= 0 && most >= 0.7 * least ? 0 : most;
  const size = Math.max(Math.abs(top), Math.abs(bottom));
  // Calculated in steps that are not too fine for a float: the difference of two large floats may be infinite.
  const step = roundStep(Math.max(top / LEVELS - bottom / LEVELS || (size || 1) / LEVELS, size / 1e15, 1e-300));
  let [low, high] = [Math.floor(bottom / step), Math.ceil(top / step)];
  if (low === high) [low, high] = [low === 0 ? 0 : low - 1, high + 1];
  return {
    levels: Array.from({ length: high - low + 1 }, (_, index) => (low + index) * step),
    share: (value) => (value / step - low) / (high - low),
  };
}

function roundStep(least) {
  const magnitude = 10 ** Math.floor(Math.log10(least));
  const half = magnitude === 1 ? 5 : 2.5; // 2, 4, 6 is easier to read than 2.5, 5, 7.5
  return [1, 2, half, 5, 10].map((each) => each * magnitude).find((step) => step >= least);
}

function formatLevels(levels) {
  const isLarge = levels.some((value) => Math.abs(value) >= 100_000);
  const short = { notation: "compact", maximumFractionDigits: 2 };
  return levels.map((value) =>
    isLarge ? value.toLocaleString("en-GB", short) : formatNumber(Number(value.toPrecision(12)) + 0),
  );
}

/** Build the paths: a line through each phase, a faint line between phases, and a dot for each poll. */
function buildLines(points, phases, isOverridden) {
  const until = phases.before + phases.during;
  const normal = [points.slice(0, phases.before), points.slice(until)];
  const during = points.slice(phases.before, until);
  const between = [during, normal[1]].map((later, index) =>
    [[normal[0], during][index].at(-1), later[0]].filter(Boolean),
  );
  const kind = isOverridden ? "spike" : "normal";
  return {
    lines: [
      { kind: "between", path: between.map(toLinePath).join("") },
      { kind: "normal", path: normal.map(toLinePath).join("") },
      { kind, path: toLinePath(during) },
    ],
    dots: [
      { kind: "normal", path: toDotsPath(normal.flat()) },
      { kind, path: toDotsPath(during) },
    ],
  };
}

const toLinePath = (points) => points.map(({ x, y }, index) => `${index ? "L" : "M"}${x} ${y}`).join("");
const toDotsPath = (points) => points.map(({ x, y }) => `M${x} ${y}h0`).join("");
const roundToTenth = (pixels) => Math.round(pixels * 10) / 10;
const estimateWidth = (text) => [...text].length * CHAR_WIDTH_PX;

/** Build the headings above the chart: "before", the window's times, "after". A heading without room is omitted. */
function buildHeads({ from, to }, left, right, window) {
  const fits = (text, room) => estimateWidth(text) + GAP <= room;
  const head = [`Spike ${window}`, window].find((text) => fits(text, right - from)) ?? "";
  const until = Math.max(to, from + estimateWidth(head)) + GAP;
  return [
    { kind: "spike", x: from, text: head },
    { kind: "aside", x: left + GAP / 2, text: fits("before", from - left) ? "before" : "" },
    { kind: "aside", x: until, text: fits("after", right + MARGIN_RIGHT - until) ? "after" : "" },
  ].filter(({ text }) => text);
}

/**
 * Build the band of normal values. `words` are written in the chart if they would not cover a poll or a line;
 * otherwise `aside` is shown in the legend.
 */
function buildNormalBand(normal, y, { from, to }, points) {
  if (!normal) return null;
  const ends = [...new Set(normal)];
  const said = `normally ${ends.map((value) => formatNumber(Number(value.toPrecision(9)))).join("–")}`;
  const [top, width] = [y(normal[1]), estimateWidth(said) + GAP];
  const box = { left: from + GAP / 2, right: from + GAP / 2 + width, top: top - 17, bottom: top - 3 };
  const isFree = top - TOP > 20 && width + GAP <= to - from && !isCrossed(box, points);
  const [words, aside] = isFree ? [said, ""] : ["", said];
  return { levels: ends.map(y), words, aside, x: box.left, y: box.top, width };
}

const inWindow = (points, { before, during }) => points.slice(before, before + during);

const DOT = 4;

/** Return whether a dot or a line between two dots may cross the box. */
const isCrossed = ({ left, right, top, bottom }, points) =>
  points.some((point, index) => {
    const last = points[index - 1] ?? point;
    const isBeside = Math.max(point.x, last.x) < left - DOT || Math.min(point.x, last.x) > right + DOT;
    return !isBeside && Math.max(point.y, last.y) > top - DOT && Math.min(point.y, last.y) < bottom + DOT;
  });

// Drawing as SVG; preview.css sets colours and fonts.

function createSvg(name, attributes, ...inside) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...inside);
  return made;
}

const line = (kind, x1, y1, x2, y2) => createSvg("line", { class: `chart-${kind}`, x1, y1, x2, y2 });
const text = (kind, x, y, words) => createSvg("text", { class: `chart-text ${kind}`, x, y }, words);
const box = (kind, x, y, width, height) => createSvg("rect", { class: `chart-${kind}`, x, y, width, height });

/** Draw the chart into `element`, replacing its content. */
export function draw(element, chart) {
  const { width, top, bottom, left, right, span, normal } = chart;
  const paths = (kind, all) => all.map((each) => createSvg("path", { class: `chart-${kind} ${each.kind}`, d: each.path }));
  element.replaceChildren(
    createSvg(
      "svg",
      { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}` },
      box("window", span.from, top, span.to - span.from, bottom - top),
      ...chart.ticks.map(({ x }) => line("grid", x, top, x, bottom)),
      ...chart.levels.map(({ y }) => line("grid", left, y, right, y)),
      box("cap", span.from, top - 3, span.to - span.from, 3),
      ...chart.levels.map(({ y, label }) => text("level", left - 8, y + 4, label)),
      ...chart.ticks.map(({ x, label }) => text("tick", x, bottom + 18, label)),
      ...chart.heads.map((head) => text(head.kind, head.x, top - 9, head.text)),
      ...paths("line", chart.lines),
      ...paths("dots", chart.dots),
      ...(normal?.levels ?? []).map((y) => line("normal", span.from, y, span.to, y)),
      ...(normal?.words ? drawNormalLabel(normal) : []),
      createSvg("g", { class: "chart-pointer", hidden: "" }, line("pointer-line", 0, top, 0, bottom), createSvg("circle", { r: 4 })),
    ),
  );
}

// With its own background, so that dots do not show through the text.
const drawNormalLabel = ({ x, y, width, words }) => [box("window", x, y, width, 14), text("normal", x + 3, y + 11, words)];

/** Highlight one poll of the chart; without a `point`, none. */
export function highlightPoint(element, point) {
  const pointer = element.querySelector(".chart-pointer");
  pointer?.toggleAttribute("hidden", !point);
  if (!pointer || !point) return;
  pointer.setAttribute("transform", `translate(${point.x})`);
  pointer.querySelector("circle").setAttribute("cy", point.y);
}
