import assert from "node:assert/strict";
import { test } from "node:test";

import {
  formatCountdown,
  formatDuration,
  formatWindowState,
  getWindowStatus,
} from "../../static/js/lib/durations.js";
import {
  getInstantInDays,
  getInstants,
  getWeekday,
  parseInputValue,
  toInputValue,
} from "../../static/js/lib/local-time.js";
import { formatRelative } from "../../static/js/lib/relative-time.js";
import { formatDay, formatTime, formatTimeRange, formatUtc, formatWindow } from "../../static/js/lib/time.js";
import { formatOffset } from "../../static/js/lib/time-zone.js";
import { findGap, resolveInput } from "../../static/js/lib/typed-time.js";

const at = (text) => Date.parse(text);
const now = at("2026-11-24T13:22:00Z");
const berlin = "Europe/Berlin";

test("a window today is shown by its times in the viewer's time zone", () => {
  assert.equal(formatWindow("2026-11-24T13:10:00Z", "2026-11-24T13:40:00Z", now, berlin), "Today 14:10–14:40");
});

test("an end on the next day is marked", () => {
  assert.equal(
    formatWindow("2026-11-25T21:00:00Z", "2026-11-26T03:00:00Z", now, berlin),
    "Wed 25 Nov 22:00–04:00 +1",
  );
});

test("a day of another year names the year", () => {
  assert.equal(formatDay("2027-01-05T12:00:00Z", now, berlin), "Tue 5 Jan 2027");
});

test("today is today in the viewer's zone, not in UTC", () => {
  assert.equal(formatDay("2026-11-24T23:30:00Z", now, berlin), "Wed 25 Nov");
});

test("a repeated hour is shown with its offset", () => {
  assert.equal(formatOffset("2026-10-25T00:30:00Z", berlin), "UTC+2");
  assert.equal(formatOffset("2026-10-25T01:30:00Z", berlin), "UTC+1");
});

test("durations have at most two units", () => {
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
  for (const [amount, words] of lengths) assert.equal(formatDuration(amount * seconds), words);
});

test("a countdown shows each second and never goes below zero", () => {
  assert.equal(formatCountdown(185_000), "3:05");
  assert.equal(formatCountdown(4_962_000), "1:22:42");
  assert.equal(formatCountdown(-5), "0:00");
});

test("a status changes at the start and at the end, not after them", () => {
  const [start, end] = ["2026-11-24T14:00:00Z", "2026-11-24T15:00:00Z"];
  assert.equal(getWindowStatus(start, end, at(start) - 1), "scheduled");
  assert.equal(getWindowStatus(start, end, at(start)), "active");
  assert.equal(getWindowStatus(start, end, at(end) - 1), "active");
  assert.equal(getWindowStatus(start, end, at(end)), "expired");
});

test("the state of a window is formatted", () => {
  const [start, end] = ["2026-11-24T14:00:00Z", "2026-11-24T15:00:00Z"];
  assert.equal(formatWindowState(start, end, now), "starts in 38 min");
  assert.equal(formatWindowState(start, end, at("2026-11-24T14:56:55Z")), "ends in 3:05");
  assert.equal(formatWindowState(start, end, at("2026-11-24T17:00:00Z")), "ended 2 h ago");
});

test("past times are relative", () => {
  assert.equal(formatRelative("2026-11-24T13:21:58Z", now), "2 s ago");
  assert.equal(formatRelative("2026-11-24T13:22:00Z", now), "just now");
});

test("UTC is shown to the second", () => assert.equal(formatUtc("2026-11-24T13:40:00.123Z"), "2026-11-24 13:40:00 UTC"));

// --- Changes of the clocks

const iso = (instant) => new Date(instant).toISOString().slice(0, 16) + "Z";
const ZONES = {
  "Europe/Berlin": { twice: "2027-10-31T02:30", at: ["2027-10-31T00:30Z", "2027-10-31T01:30Z"], words: "02:30 +02:00 – 02:30 +01:00", gap: "2027-03-28T02:30", to: "2027-03-28T03:30" },
  "America/New_York": { twice: "2027-11-07T01:00", at: ["2027-11-07T05:00Z", "2027-11-07T06:00Z"], words: "01:00 -04:00 – 01:00 -05:00", gap: "2027-03-14T02:00", to: "2027-03-14T03:00" },
  "Australia/Lord_Howe": { twice: "2027-04-04T01:45", at: ["2027-04-03T14:45Z", "2027-04-03T15:15Z"], words: "01:45 +11:00 – 01:45 +10:30", gap: "2027-10-03T02:15", to: "2027-10-03T02:45" },
  "Africa/Cairo": { twice: "2027-10-28T23:30", at: ["2027-10-28T20:30Z", "2027-10-28T21:30Z"], words: "23:30 +03:00 – 23:30 +02:00", gap: "2027-04-30T00:00", to: "2027-04-30T01:00" },
  "America/Santiago": { twice: "2027-04-03T23:30", at: ["2027-04-04T02:30Z", "2027-04-04T03:30Z"], words: "23:30 -03:00 – 23:30 -04:00", gap: "2027-09-05T00:30", to: "2027-09-05T01:30" },
  "Africa/Casablanca": { twice: "2027-02-07T02:30", at: ["2027-02-07T01:30Z", "2027-02-07T02:30Z"], words: "02:30 +01:00 – 02:30 +00:00", gap: "2027-03-14T02:30", to: "2027-03-14T03:30" },
};

for (const [zone, expected] of Object.entries(ZONES)) {
  test(`${zone}: a time that comes twice is two instants, told apart by their offsets`, () => {
    const instants = getInstants(expected.twice, zone);
    assert.deepEqual(instants.map(iso), expected.at);
    assert.deepEqual(instants.map((instant) => toInputValue(instant, zone)), [expected.twice, expected.twice]);
    assert.equal(formatTimeRange(...instants, zone), expected.words);
    assert.equal(formatTime(instants[1], zone), expected.words.split(" – ")[1]);
  });

  test(`${zone}: a small change keeps the offset, a large one means the first`, () => {
    const [first, second] = getInstants(expected.twice, zone);
    assert.equal(resolveInput(expected.twice, { before: second + 15 * 60_000 }, zone), second);
    assert.equal(resolveInput(expected.twice, { before: first - 15 * 60_000 }, zone), first);
    assert.equal(resolveInput(expected.twice, { before: second + 86_400_000 }, zone), first);
    assert.equal(resolveInput(expected.twice, {}, zone), first);
    assert.equal(resolveInput(expected.twice, { after: first }, zone), second);
    assert.equal(resolveInput(expected.twice, { before: first + 60_000, after: first }, zone), second);
  });

  test(`${zone}: a time that is skipped is no instant, and is moved on by as much as is skipped`, () => {
    assert.deepEqual(getInstants(expected.gap, zone), []);
    assert.equal(toInputValue(resolveInput(expected.gap, {}, zone), zone), expected.to);
    const { from, to } = findGap(expected.gap, zone);
    assert.ok(from <= expected.gap.slice(11) && expected.gap.slice(11) < to);
  });

  test(`${zone}: what an input shows for an instant means that instant, but for the hour that comes twice`, () => {
    const from = at("2027-01-01T00:20:00Z");
    for (let instant = from; instant < from + 370 * 86_400_000; instant += 3_540_000) {
      const shown = toInputValue(instant, zone);
      assert.ok(getInstants(shown, zone).includes(instant), `${shown} in ${zone}`);
      assert.equal(findGap(shown, zone), null);
    }
  });
}

test("a day with one offset does not show it", () => {
  assert.equal(formatTimeRange("2027-10-30T00:30:00Z", "2027-10-30T01:30:00Z", berlin), "02:30–03:30");
  assert.equal(formatTimeRange("2027-04-30T10:00:00Z", "2027-04-30T11:00:00Z", "Africa/Cairo"), "13:00–14:00");
});

test("if a day has two offsets, both ends show theirs", () => {
  const words = formatTimeRange("2027-10-30T21:00:00Z", "2027-10-31T01:30:00Z", berlin);
  assert.equal(words, "23:00 +02:00 – 02:30 +01:00 (+1)");
});

test("days and hours from today are in the time zone, across changes of the clocks", () => {
  const saturday = at("2027-10-30T12:00:00Z");
  assert.equal(iso(getInstantInDays(1, 9, saturday, berlin)), "2027-10-31T08:00Z");
  assert.equal(iso(getInstantInDays(1, 9, at("2027-03-27T12:00:00Z"), berlin)), "2027-03-28T07:00Z");
  assert.equal(iso(getInstantInDays(1, 0, at("2027-04-29T12:00:00Z"), "Africa/Cairo")), "2027-04-29T22:00Z");
  assert.equal(getWeekday(at("2027-10-30T23:00:00Z"), berlin), 0);
});

test("an incomplete or invalid input is null", () => {
  for (const text of ["", null, "2027-10-31", "2027-13-01T00:00", "2027-10-31T24:00", "soon"]) {
    assert.equal(parseInputValue(text, berlin), null);
    assert.equal(resolveInput(text, {}, berlin), null);
  }
  assert.equal(toInputValue(parseInputValue("2027-10-31T02:30:09", berlin), berlin), "2027-10-31T02:30:09");
});
