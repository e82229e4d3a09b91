import assert from "node:assert/strict";
import { test } from "node:test";

import {
  describeChart,
  formatMean,
  formatPhase,
  formatPollCount,
  pickField,
  sortOverriddenFirst,
} from "../../static/js/lib/preview-format.js";

const line = (id, is_overridden = false) => ({
  original_field_id: id,
  field_name: `field ${id}`,
  value_type: "NUMBER_RANGE",
  is_overridden,
  mean: { before: 150.2, during: 1495.8, after: null },
});

test("means are rounded to readable decimals", () => {
  assert.deepEqual([1495.8, 32.31, 6, 0.0417, -0.2, 0, null].map(formatMean), [
    "1,496",
    "32.3",
    "6",
    "0.042",
    "-0.2",
    "0",
    "–",
  ]);
  assert.equal(formatMean(-0.4 / 1e3), "-0.0004");
  assert.equal(formatMean(5_007_434_247), "5.007bn");
});

test("overridden fields come first, the rest in the order of the collection", () => {
  assert.deepEqual(
    sortOverriddenFirst([line(1), line(2, true), line(3), line(4, true)]).map((each) => each.original_field_id),
    [2, 4, 1, 3],
  );
});

test("the selected field is shown, else the first overridden one", () => {
  const lines = [line(1), line(2, true)];
  assert.equal(pickField(lines, 1).original_field_id, 1);
  assert.equal(pickField(lines, 0).original_field_id, 2);
  assert.equal(pickField([], 0), null);
});

test("the chart has a text alternative", () => {
  assert.equal(describeChart(line(1)), "field 1: on average 150 before, 1,496 in the window, – after.");
});

test("polls in the window are counted at the requested interval", () => {
  assert.equal(formatPollCount({ polls_in_window: 1, interval: 60 }, 60), "1 poll falls into the window.");
  const wide = formatPollCount({ polls_in_window: 1440, interval: 300 }, 60);
  assert.equal(wide, "1,440 polls fall into the window; one is drawn every 5 min.");
});

test("a counter has a mean step instead of a mean", () => {
  const counting = { value_type: "INCREMENT", mean: { before: 5, during: 5, after: 5 }, values: [0, 5, 10, 60, 110, 10, 60, 65] };
  const phases = { before: 3, during: 4, after: 1 };
  const words = (field) => ["before", "during", "after"].map((phase) => formatPhase(field, phase, phases));
  assert.deepEqual(words(counting), ["+5 a poll", "+50 a poll", "–"]);
  const down = { ...counting, value_type: "DECREMENT", values: [10, 8, 6, 0, -4, -8, -12, 0] };
  assert.deepEqual(words(down), ["−2 a poll", "−4 a poll", "–"]);
  assert.equal(
    describeChart({ ...counting, field_name: "bytes" }, phases),
    "bytes: +5 a poll before, +50 a poll in the window, – after.",
  );
});
