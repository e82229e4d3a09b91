// The chart of a preview: dots are polls, the window is shaded, a dashed band is what would be normal.
// uPlot is a script of its own that must be there already: its smallest file is no module.

import { times } from "./spike-window.js";
import { clock } from "./time.js";
import { number } from "./words.js";

const { uPlot } = window;

const HEIGHT = 230;
const DAY = 86_400;
const COLOURS = {
  normal: "--accent-ink",
  spike: "--spike",
  spikeInk: "--spike-ink",
  shade: "--spike-soft",
  grid: "--line",
  text: "--ink-3",
  strong: "--ink-2",
};

/** The colours of the present theme: the browser resolves the tokens, light-dark() and all. */
function colours() {
  const probe = document.createElement("span");
  document.body.append(probe);
  const found = Object.entries(COLOURS).map(([name, token]) => {
    probe.style.color = `var(${token})`;
    return [name, getComputedStyle(probe).color];
  });
  probe.remove();
  return Object.fromEntries(found);
}

/** Draw one field of a preview into `element`; `pointed` is told what is under the pointer. */
export function drawPreview(element, width, preview, line, pointed) {
  const colour = colours();
  const family = getComputedStyle(element).fontFamily;
  const font = `11px ${family}`;
  const span = { start: Date.parse(preview.start_datetime), end: Date.parse(preview.end_datetime) };
  const window_ = { from: span.start / 1000, to: span.end / 1000 };
  const axis = { stroke: colour.text, font, grid: { stroke: colour.grid, width: 1 }, ticks: { show: false } };
  const dots = (stroke) => ({
    stroke,
    width: 1.25,
    points: { show: true, size: 4.5, fill: stroke, width: 0 },
  });

  const options = {
    width,
    height: HEIGHT,
    padding: [26, 18, 0, 4],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 8 } },
    scales: { x: { time: true }, y: { range: (_chart, low, high) => rangeOf(low, high, line.normal) } },
    series: [{}, dots(colour.normal), dots(line.is_overridden ? colour.spike : colour.normal)],
    axes: [
      {
        ...axis,
        space: 56,
        size: 28,
        values: (_chart, splits, _axis, _space, step) => splits.map((at) => timeOf(at, step)),
      },
      {
        ...axis,
        size: (_chart, values) => 14 + 6.6 * Math.max(1, ...(values ?? []).map((text) => text.length)),
        values: (_chart, splits) => compact(splits),
      },
    ],
    hooks: {
      drawClear: [(chart) => shade(chart, window_, colour)],
      draw: [
        (chart) => band(chart, window_, line, colour, family),
        (chart) => heads(chart, window_, times(span), colour, family),
      ],
      setCursor: [(chart) => pointed(under(chart, preview, line))],
    },
  };
  return new uPlot(options, dataOf(preview, line), element);
}

function dataOf({ times: at, phases }, { values }) {
  const until = phases.before + phases.during;
  const isDuring = (index) => index >= phases.before && index < until;
  return [
    at,
    values.map((value, index) => (isDuring(index) ? null : value)),
    values.map((value, index) => (isDuring(index) ? value : null)),
  ];
}

/** From zero where that costs little; the normal band is always in sight. */
export function rangeOf(low, high, normal) {
  const [least, most] = [low ?? 0, high ?? 1];
  const bottom = normal ? Math.min(least, normal[0]) : least;
  const top = normal ? Math.max(most, normal[1]) : most;
  const room = (top - bottom || Math.abs(top) || 1) * 0.08;
  if (bottom >= 0 && bottom <= 0.7 * top) return [0, top + room];
  if (top <= 0 && top >= 0.7 * bottom) return [bottom - room, 0];
  return [bottom - room, top + room];
}

const timeOf = (at, step) => {
  if (step < DAY) return clock(at * 1000);
  return new Date(at * 1000).toLocaleDateString("en-GB", { day: "numeric", month: "short" });
};

function compact(splits) {
  const isLarge = splits.some((value) => Math.abs(value) >= 100_000);
  const short = { notation: "compact", maximumFractionDigits: 2 };
  return splits.map((value) =>
    isLarge ? value.toLocaleString("en-GB", short) : number(Number(value.toPrecision(12))),
  );
}

const left = (chart, { from }) => Math.max(chart.valToPos(from, "x", true), chart.bbox.left);
const right = (chart, { to }) => Math.min(chart.valToPos(to, "x", true), chart.bbox.left + chart.bbox.width);

function shade(chart, span, colour) {
  const { ctx, bbox } = chart;
  const [from, to] = [left(chart, span), right(chart, span)];
  ctx.save();
  ctx.fillStyle = colour.shade;
  ctx.fillRect(from, bbox.top, to - from, bbox.height);
  ctx.fillStyle = colour.spike;
  ctx.fillRect(from, bbox.top - 3 * uPlot.pxRatio, to - from, 3 * uPlot.pxRatio);
  ctx.restore();
}

function band(chart, span, { normal }, colour, family) {
  if (!normal) return;
  const { ctx } = chart;
  const [from, to] = [left(chart, span), right(chart, span)];
  const level = (value) => chart.valToPos(value, "y", true);
  ctx.save();
  ctx.strokeStyle = colour.text;
  ctx.lineWidth = uPlot.pxRatio;
  ctx.setLineDash([4 * uPlot.pxRatio, 3 * uPlot.pxRatio]);
  for (const value of new Set(normal)) {
    ctx.beginPath();
    ctx.moveTo(from, level(value));
    ctx.lineTo(to, level(value));
    ctx.stroke();
  }
  ctx.setLineDash([]);
  ctx.textAlign = "left";
  const words = `normally ${[...new Set(normal)].map((value) => number(Number(value.toPrecision(9)))).join("–")}`;
  ctx.font = `${11 * uPlot.pxRatio}px ${family}`;
  const room = 6 * uPlot.pxRatio;
  const isLow = level(normal[1]) - chart.bbox.top > 20 * uPlot.pxRatio;
  if (isLow && ctx.measureText(words).width + 2 * room <= to - from) {
    // On a ground of its own, or dots would run through the words.
    ctx.fillStyle = colour.shade;
    ctx.fillRect(
      from + room / 2,
      level(normal[1]) - 17 * uPlot.pxRatio,
      ctx.measureText(words).width + room,
      14 * uPlot.pxRatio,
    );
    ctx.fillStyle = colour.text;
    ctx.fillText(words, from + room, level(normal[1]) - 6 * uPlot.pxRatio);
  }
  ctx.restore();
}

/** "before", the window's times, "after", over the chart; what has no room is left out. */
function heads(chart, span, words, colour, family) {
  const { ctx, bbox } = chart;
  const [from, to] = [left(chart, span), right(chart, span)];
  const base = bbox.top - 9 * uPlot.pxRatio;
  const gap = 6 * uPlot.pxRatio;
  const fits = (text, width) => ctx.measureText(text).width + gap <= width;
  ctx.save();
  ctx.textAlign = "left";
  ctx.font = `600 ${11 * uPlot.pxRatio}px ${family}`;
  ctx.fillStyle = colour.spikeInk;
  const head = [`Spike ${words}`, words].find((text) => fits(text, bbox.left + bbox.width - from)) ?? "";
  ctx.fillText(head, from, base);
  const until = Math.max(to, from + ctx.measureText(head).width) + gap;
  ctx.font = `${11 * uPlot.pxRatio}px ${family}`;
  ctx.fillStyle = colour.strong;
  if (fits("before", from - bbox.left)) ctx.fillText("before", bbox.left + gap / 2, base);
  if (fits("after", bbox.left + bbox.width - until)) ctx.fillText("after", until, base);
  ctx.restore();
}

function under({ cursor }, preview, line) {
  const index = cursor.idx;
  if (index === null || index === undefined || cursor.left < 0) return "";
  return `${clock(preview.times[index] * 1000)}: ${number(line.values[index])}`;
}
