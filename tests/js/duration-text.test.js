import assert from "node:assert/strict";
import { test } from "node:test";

import { parseDuration } from "../../static/js/lib/duration-text.js";
import { toDurationText } from "../../static/js/lib/durations.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

test("durations are parsed in several notations", () => {
  const lengths = {
    "2h 30m": 2.5 * HOUR,
    "2h30": 2.5 * HOUR,
    "2h30m": 2.5 * HOUR,
    "90m": 1.5 * HOUR,
    "90 min": 1.5 * HOUR,
    "1:30": 1.5 * HOUR,
    "0:05:30": 5.5 * MINUTE,
    "45s": 45 * SECOND,
    " 1D ": DAY,
    "1 day, 2 hours and 5 minutes": DAY + 2 * HOUR + 5 * MINUTE,
    "1.5h": 1.5 * HOUR,
    "1w": 7 * DAY,
    "30m 2h": 2.5 * HOUR,
  };
  for (const [text, length] of Object.entries(lengths)) assert.deepEqual(parseDuration(text), { length, error: "" }, text);
});

test("an invalid duration is rejected with advice", () => {
  const faults = {
    "": "Enter a duration, such as 2h 30m, 90m, 1:30 or 1d.",
    90: "Add a unit: 90m or 90h.",
    "1,5h": "Use a point, not a comma: 1.5h.",
    "0m": "Must be greater than zero.",
    "-5m": "Must be greater than zero.",
    "1:75": "Minutes and seconds go from 0 to 59: 1:30 is 1 hour 30 minutes.",
    "1h 2h": "“hours” appears twice.",
    "5 moons": "“5 moons” is not a duration. Use a format such as 2h 30m, 90m, 1:30 or 1d.",
    "0.5s": "Must be a whole number of seconds.",
    "99999999999999999999d": "Too long.",
    "5m constructor": "“constructor” is not a duration. Use a format such as 2h 30m, 90m, 1:30 or 1d.",
  };
  for (const [text, error] of Object.entries(faults)) assert.deepEqual(parseDuration(text), { length: null, error }, text);
});

test("a formatted duration can be parsed again, to the second", () => {
  for (const seconds of [1, 59, 60, 61, 3600, 5400, 86_399, 86_400, 694_861]) {
    const text = toDurationText(seconds * SECOND);
    assert.equal(parseDuration(text).length, seconds * SECOND, text);
  }
  assert.equal(toDurationText(2.5 * HOUR), "2h 30m");
  assert.equal(toDurationText(0), "");
});
