import assert from "node:assert/strict";
import { test } from "node:test";

import { placeLabels } from "../../static/js/lib/bar-labels.js";

const PIXELS = 700;
const bar = (left, right, width = 80) => ({ left, right, texts: [{ name: "Drill", width }] });
const places = (bars, more = {}) =>
  placeLabels(bars, { pixels: PIXELS, lineX: null, paddingPx: 7, gapPx: 7, ...more }).map(({ place }) => place);

test("a label is placed inside its bar, else right, else left, else nowhere", () => {
  assert.deepEqual(places([bar(100, 300)]), ["inside"]);
  assert.deepEqual(places([bar(100, 110)]), ["right"]);
  assert.deepEqual(places([bar(680, 690)]), ["left"]);
  assert.deepEqual(places([bar(0, 10), bar(20, 690, 900)]), ["", ""]);
});

test("labels do not overlap each other", () => {
  assert.deepEqual(places([bar(100, 110), bar(205, 215), bar(230, 240)]), ["right", "", "right"]);
});

test("a shorter text is used if the longer one does not fit", () => {
  const [label] = placeLabels(
    [{ left: 0, right: 100, texts: [{ name: "Drill", times: "14:00–15:00", width: 900 }, { name: "Drill", times: "", width: 50 }] }],
    { pixels: PIXELS, lineX: null, paddingPx: 7, gapPx: 7 },
  );
  assert.deepEqual([label.place, label.times], ["inside", ""]);
});

test("a hatched bar has no label inside", () => {
  assert.deepEqual(places([{ ...bar(100, 300), isHatched: true }]), ["right"]);
});

test("a name that does not fit is clipped inside a wide bar", () => {
  assert.deepEqual(places([bar(0, 690, 900)], { minClippedPx: 90 }), ["inside"]);
  assert.deepEqual(places([bar(0, 80, 900)], { minClippedPx: 90 }), [""]);
});

test("a label never crosses the line for now", () => {
  const inside = placeLabels([bar(100, 400)], { pixels: PIXELS, lineX: 150, paddingPx: 7, gapPx: 7 })[0];
  assert.equal(inside.place, "inside");
  assert.ok(inside.left >= 150);
  assert.deepEqual(places([bar(100, 110)], { lineX: 120 }), ["left"]);
  assert.deepEqual(places([bar(20, 30)], { lineX: 40 }), [""]);
});

test("a bar without texts has no label", () => {
  assert.deepEqual(places([{ left: 0, right: 300, texts: [] }], { minClippedPx: 90 }), [""]);
});
