import assert from "node:assert/strict";
import { test } from "node:test";

import { countdown, day, length, offset, relative, standing, status, utc, windowWords } from "../../static/js/lib/time.js";

const at = (text) => Date.parse(text);
const now = at("2026-11-24T13:22:00Z");
const berlin = "Europe/Berlin";

test("a window of today is told by its times in the viewer's zone", () => {
  assert.equal(windowWords("2026-11-24T13:10:00Z", "2026-11-24T13:40:00Z", now, berlin), "Today 14:10–14:40");
});

test("an end on the next day is marked", () => {
  assert.equal(
    windowWords("2026-11-25T21:00:00Z", "2026-11-26T03:00:00Z", now, berlin),
    "Wed 25 Nov 22:00–04:00 +1",
  );
});

test("a day of another year names the year", () => {
  assert.equal(day("2027-01-05T12:00:00Z", now, berlin), "Tue 5 Jan 2027");
});

test("today is today in the viewer's zone, not in UTC", () => {
  assert.equal(day("2026-11-24T23:30:00Z", now, berlin), "Wed 25 Nov");
});

test("the hour that a zone repeats in autumn is told by its offset", () => {
  assert.equal(offset("2026-10-25T00:30:00Z", berlin), "UTC+2");
  assert.equal(offset("2026-10-25T01:30:00Z", berlin), "UTC+1");
});

test("lengths are told in two units at the most", () => {
  const seconds = 1000;
  const lengths = [
    [45, "45 s"],
    [90, "1 min 30 s"],
    [1800, "30 min"],
    [5820, "1 h 37 min"],
    [7200, "2 h"],
    [86400, "1 day"],
    [234000, "2 days 17 h"],
  ];
  for (const [amount, words] of lengths) assert.equal(length(amount * seconds), words);
});

test("a countdown shows each second and never goes below zero", () => {
  assert.equal(countdown(185_000), "3:05");
  assert.equal(countdown(4_962_000), "1:22:42");
  assert.equal(countdown(-5), "0:00");
});

test("a status changes at the start and at the end, not after them", () => {
  const [start, end] = ["2026-11-24T14:00:00Z", "2026-11-24T15:00:00Z"];
  assert.equal(status(start, end, at(start) - 1), "scheduled");
  assert.equal(status(start, end, at(start)), "active");
  assert.equal(status(start, end, at(end) - 1), "active");
  assert.equal(status(start, end, at(end)), "expired");
});

test("the standing of a window is told in words", () => {
  const [start, end] = ["2026-11-24T14:00:00Z", "2026-11-24T15:00:00Z"];
  assert.equal(standing(start, end, now), "starts in 38 min");
  assert.equal(standing(start, end, at("2026-11-24T14:56:55Z")), "ends in 3:05");
  assert.equal(standing(start, end, at("2026-11-24T17:00:00Z")), "ended 2 h ago");
});

test("how long ago something was", () => {
  assert.equal(relative("2026-11-24T13:21:58Z", now), "2 s ago");
  assert.equal(relative("2026-11-24T13:22:00Z", now), "just now");
});

test("UTC is shown to the second", () => assert.equal(utc("2026-11-24T13:40:00.123Z"), "2026-11-24 13:40:00 UTC"));
