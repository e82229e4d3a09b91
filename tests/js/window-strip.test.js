import assert from "node:assert/strict";
import { test } from "node:test";

import { createScale } from "../../static/js/lib/time-axis.js";
import {
  buildStripTicks,
  buildWindowStrip,
  dragWindow,
  getVisibleRange,
} from "../../static/js/lib/window-strip.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const at = (hours, minutes = 0) => new Date(2026, 10, 24, hours, minutes).getTime();
const draft = { start: at(15, 45), end: at(16, 15) };
const strip = (more = {}) =>
  buildWindowStrip({ draft, others: [], collision: null, now: at(14), pixels: 720, ...more });

test("half an hour is shown in about four hours", () => {
  const { from, to } = getVisibleRange(draft);
  assert.equal(to - from, 4 * HOUR);
  assert.ok(from < draft.start && to > draft.end);
});

test("the scale follows the length, from minutes to years", () => {
  for (const length of [MINUTE, 5 * MINUTE, HOUR, 24 * HOUR, 9000 * 24 * HOUR]) {
    const { from, to } = getVisibleRange({ start: at(12), end: at(12) + length });
    assert.ok(to - from >= HOUR && to - from >= 2 * length, `${length}`);
  }
});

test("the strip shows a free slot only if it is near", () => {
  const near = { start: at(18), end: at(18, 30) };
  assert.ok(getVisibleRange(draft, near).to > near.end);
  const far = { start: at(23), end: at(23, 30) };
  assert.deepEqual(getVisibleRange(draft, far), getVisibleRange(draft));
});

test("a collision is the overlap of both windows", () => {
  const other = { id: 1, name: "Flapping", start: at(16), end: at(16, 20) };
  const free = { start: at(16, 20), end: at(16, 50) };
  const found = strip({ others: [other], collision: { conflicts: [other], free } });
  const [block] = found.collisions;
  assert.equal(found.collisions.length, 1);
  assert.ok(Math.abs(block.left - found.others[0].left) < 1e-9);
  assert.ok(Math.abs(block.right - found.draft.right) < 1e-9);
  assert.equal(found.free.times, "16:20–16:50");
});

test("invisible windows are left out, and short ones have a minimum width", () => {
  const others = [
    { id: 1, name: "far", start: at(3), end: at(4) },
    { id: 2, name: "short", start: at(17), end: at(17) + 1000 },
  ];
  const found = strip({ others });
  assert.deepEqual(
    found.others.map(({ id }) => id),
    [2],
  );
  assert.ok(found.others[0].right - found.others[0].left >= 6.99);
});

test("other windows have a state", () => {
  const others = [
    { id: 1, name: "a", start: at(14), end: at(15) },
    { id: 2, name: "b", start: at(16, 30), end: at(17) },
  ];
  assert.deepEqual(
    strip({ others, now: at(14, 30) }).others.map(({ status }) => status),
    ["active", "scheduled"],
  );
});

test("a narrow strip only has the names of the lower row", () => {
  const found = strip({
    others: [{ id: 1, name: "a", start: at(16, 30), end: at(17) }],
    pixels: 340,
    isNarrow: true,
  });
  assert.equal(found.others[0].label, undefined);
  assert.deepEqual([found.draft.label.name, found.draft.label.times], ["This spike", ""]);
});

test("ticks are at round times, with room for their labels", () => {
  const ticks = buildStripTicks(createScale({ from: at(14, 7), to: at(18, 7) }, 720));
  assert.deepEqual(
    ticks.slice(0, 2).map(({ label }) => label),
    ["14:30", "15:00"],
  );
  const years = buildStripTicks(createScale({ from: at(1), to: at(1) + 4000 * 24 * HOUR }, 720));
  assert.ok(years.length < 20);
});

test("dragging moves by whole minutes and never inverts the window", () => {
  assert.deepEqual(dragWindow(draft, "move", 61_000), { start: draft.start + MINUTE, end: draft.end + MINUTE });
  assert.equal(dragWindow(draft, "end", -5 * HOUR).end, draft.start + MINUTE);
  assert.equal(dragWindow(draft, "start", 5 * HOUR).start, draft.end - MINUTE);
});
