import assert from "node:assert/strict";
import { test } from "node:test";

import { formatCountersAfter, getCounters } from "../../static/js/lib/counters-after.js";
import { CHOICES } from "../../static/js/lib/counters-after-choices.js";

const counter = (id, name) => ({ id, field_name: name, value_type: "INCREMENT" });
const COUNTERS = [counter(1, "km"), counter(2, "trips")];
const words = (choice, ...ownStarts) => formatCountersAfter(COUNTERS, choice, new Set(ownStarts));

test("only counters are listed", () => {
  assert.deepEqual(getCounters([...COUNTERS, { id: 3, value_type: "NUMBER_RANGE" }]), COUNTERS);
});

test("by default counters continue unless the spike sets their start", () => {
  assert.deepEqual(words(""), ["Continue from the spike’s last value: km, trips"]);
  assert.deepEqual(words("", 2), [
    "Continues from the spike’s last value: km",
    "Returns to its value before the spike: trips",
  ]);
});

test("all counters continue, or all return", () => {
  assert.deepEqual(words("continue", 1, 2), ["Continue from the spike’s last value: km, trips"]);
  assert.deepEqual(words("resume", 2), ["Return to their value before the spike: km, trips"]);
});

test("the first of three choices is null in the API", () => {
  assert.deepEqual(
    CHOICES.map(({ id }) => id),
    ["", "continue", "resume"],
  );
});
