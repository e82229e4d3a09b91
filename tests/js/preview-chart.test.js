import assert from "node:assert/strict";
import { test } from "node:test";

import { buildChart, buildValueScale, findNearestPoint } from "../../static/js/lib/preview-chart.js";

const MINUTE = 60;
const START = Date.parse("2026-11-24T15:45:00Z") / 1000;

/** Five polls before, in and after a window of five minutes. */
const preview = {
  times: Array.from({ length: 15 }, (_, index) => START + (index - 5) * MINUTE),
  phases: { before: 5, during: 5, after: 5 },
  start_datetime: "2026-11-24T15:45:00Z",
  end_datetime: "2026-11-24T15:50:00Z",
};
const line = (more = {}) => ({
  values: [...Array(5).fill(150), ...Array(5).fill(1500), ...Array(5).fill(150)],
  normal: [120, 180],
  is_overridden: true,
  ...more,
});
const chart = (more, width = 416, polls = preview) => buildChart(polls, line(more), width);
const kinds = (all) => all.filter(({ path }) => path).map(({ kind }) => kind);

test("a scale begins at zero if that is near, and ends at a round number", () => {
  assert.deepEqual(buildValueScale([150, 1790], [120, 180]).levels, [0, 500, 1000, 1500, 2000]);
  assert.deepEqual(buildValueScale([-3, -40], null).levels, [-40, -30, -20, -10, 0]);
  assert.deepEqual(buildValueScale([4182, 4561], null).levels, [4100, 4200, 4300, 4400, 4500, 4600]);
});

test("normal values are always visible", () => {
  const { levels } = buildValueScale([20, 21], [900, 1000]);
  assert.ok(levels[0] <= 20 && levels.at(-1) >= 1000);
});

test("a single value is in the middle, and zero at the bottom", () => {
  assert.equal(buildValueScale([8, 8], null).share(8), 0.5);
  assert.equal(buildValueScale([0, 0], null).share(0), 0);
});

test("numbers of any size have a finite position", () => {
  for (const values of [[-1.7e308, 1.7e308], [5e-324, 0], [2 ** 53 - 1, 2 ** 53 - 2], [1e15, 1e15 + 0.125]]) {
    const { levels, share } = buildValueScale(values, null);
    assert.ok(levels.length <= 8);
    for (const value of values) assert.ok(share(value) >= 0 && share(value) <= 1, String(values));
  }
});

test("polls in the window have the colour of a spike, the others that of normal values", () => {
  assert.deepEqual(kinds(chart().lines), ["between", "normal", "spike"]);
  assert.deepEqual(kinds(chart({ is_overridden: false }).lines), ["between", "normal", "normal"]);
  assert.equal(chart().dots[1].path.match(/M/g).length, 5);
});

test("the window is shaded from its start to its end, within the drawing", () => {
  const { span, points, left, right } = chart();
  assert.equal(span.from, points[5].x);
  assert.equal(span.to, points[10].x);
  const long = chart({}, 416, { ...preview, start_datetime: "2020-01-01T00:00:00Z", end_datetime: "2040-01-01T00:00:00Z" });
  assert.deepEqual(long.span, { from: left, to: right });
});

test("the headings before, window and after are shown if they fit", () => {
  const heads = (width) => chart({}, width).heads.map(({ text }) => text);
  const window = new Date(START * 1000).toTimeString().slice(0, 5);
  assert.match(heads(600)[0], new RegExp(`^Spike ${window}–`));
  assert.deepEqual(heads(600).slice(1), ["before", "after"]);
  assert.deepEqual(heads(90), []);
});

test("the normal band has a label if it fits", () => {
  assert.equal(chart({}, 600).normal.words, "normally 120–180");
  assert.equal(chart({}, 200).normal.words, "");
  assert.equal(chart({ normal: [1490, 1790] }, 600).normal.words, "");
  assert.equal(chart({ normal: [7, 7] }, 600).normal.words, "normally 7");
  assert.equal(chart({ normal: null }).normal, null);
});

test("the poll under the pointer shows its time and value", () => {
  const drawn = chart();
  const at = findNearestPoint(drawn, drawn.points[6].x + 2);
  assert.equal(at, 6);
  assert.match(drawn.points[at].words, /^\d\d:46: 1,500$/);
  assert.equal(findNearestPoint({ points: [] }, 3), -1);
});

test("large numbers on the axis are abbreviated", () => {
  const large = chart({ values: Array(15).fill(5_000_000_000), normal: null });
  assert.ok(large.levels.every(({ label }) => label.length <= 4), JSON.stringify(large.levels));
});
