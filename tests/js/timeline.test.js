import assert from "node:assert/strict";
import { test } from "node:test";

process.env.TZ = "Europe/Berlin";
const timeline = await import("../../static/js/lib/timeline.js");
const { buildLaneBars, buildDayLabels, buildNowLine, buildOutside, buildTimelineTicks, createView } = timeline;
const { findFreeSlot, formatRange, getVisibleRange, ZOOMS } = timeline;

const NOW = Date.parse("2026-11-24T13:22:00Z"); // 14:22 in Berlin
const measure = (text) => text.length * 6;
const DAY = 24;
const view = ({ hours = 5 * DAY, pixels = 1000, shift = 0, now = NOW } = {}) =>
  createView(getVisibleRange(now, hours, shift), { now, pixels, measure });
const spike = (id, start, end, name = `Spike ${id}`) => ({
  id,
  name,
  status: "scheduled",
  start_datetime: `2026-11-${start}:00Z`,
  end_datetime: `2026-11-${end}:00Z`,
});
const numbers = ({ left, width }) => [parseFloat(left), parseFloat(width)];
const places = (bars) => bars.map(({ place }) => place);

test("the timeline shows one day back and four ahead, from a whole hour", () => {
  const { from, to } = getVisibleRange(NOW, 5 * DAY);
  assert.equal(new Date(from).toISOString(), "2026-11-23T13:00:00.000Z");
  assert.equal(to - from, 5 * 86_400_000);
});

test("a quarter of an hour is visible in the shortest range, with its times", () => {
  const at = view({ hours: 6 });
  assert.equal(new Date(at.from).toISOString(), "2026-11-24T12:00:00.000Z");
  const [bar] = buildLaneBars([spike(1, "24T14:00", "24T14:15")], at);
  assert.ok(numbers(bar.bar)[1] > 40);
  const labels = buildTimelineTicks(at).map(({ label }) => label);
  assert.deepEqual(labels.slice(0, 4), ["13:30", "14:00", "14:30", "15:00"]);
  assert.equal(formatRange(at), "Tue 24 Nov");
});

test("a click in the shortest range offers a start on five minutes", () => {
  const at = view({ hours: 6 });
  const offer = findFreeSlot(at.toX(Date.parse("2026-11-24T14:13:00Z")), [], at);
  assert.equal(offer.start, "2026-11-24T14:10:00.000Z");
});

test("what lies outside of the range is counted on its side", () => {
  const later = { count: 1, start_datetime: "2026-12-24T12:00:00Z" };
  const found = buildOutside({ name: "Truck 07", earlier: null, later });
  assert.equal(found.earlier, null);
  assert.deepEqual(found.later, {
    text: "1 later →",
    label: "1 spike of Truck 07: show the nearest",
    start: later.start_datetime,
  });
  assert.equal(buildOutside({ name: "", earlier: { count: 1200 }, later: null }).earlier.text, "← 1,200 earlier");
});

test("earlier and later move by the visible range, without a gap", () => {
  for (const { hours } of ZOOMS) {
    assert.equal(getVisibleRange(NOW, hours, 1).from, getVisibleRange(NOW, hours, 0).to);
    assert.equal(getVisibleRange(NOW, hours, -1).to, getVisibleRange(NOW, hours, 0).from);
  }
});

test("the visible range stays within the valid years", () => {
  for (const { hours } of ZOOMS) {
    assert.equal(new Date(getVisibleRange(NOW, hours, -1e8).from).toISOString(), "1970-01-01T00:00:00.000Z");
    assert.equal(new Date(getVisibleRange(NOW, hours, 1e8).to).toISOString(), "9999-01-01T00:00:00.000Z");
  }
});

test("there are lines at midnight and noon in the viewer's time zone", () => {
  const ticks = buildTimelineTicks(view());
  assert.deepEqual(
    ticks.slice(0, 3).map(({ at, isDay, label }) => [new Date(at).toISOString(), isDay, label]),
    [
      ["2026-11-23T23:00:00.000Z", true, "00:00"],
      ["2026-11-24T11:00:00.000Z", false, "12:00"],
      ["2026-11-24T23:00:00.000Z", true, "00:00"],
    ],
  );
});

test("hours are hidden without room, and there are more lines with room", () => {
  assert.ok(buildTimelineTicks(view({ pixels: 366 })).every(({ label }) => label === ""));
  assert.ok(buildTimelineTicks(view({ hours: 2 * DAY })).some(({ label }) => label === "03:00"));
});

test("the day on which the clocks change still begins at midnight", () => {
  const now = Date.parse("2026-10-25T12:30:00Z");
  const days = buildTimelineTicks(view({ now })).filter(({ isDay }) => isDay);
  assert.deepEqual([...new Set(days.map(({ at }) => new Date(at).getHours()))], [0]);
});

test("the month is shown once, and days make room for the time on the axis", () => {
  const named = buildDayLabels(view());
  assert.deepEqual(
    named.map(({ label }) => label),
    ["Mon 23 Nov", "Tue 24", "Wed 25", "Thu 26", "Fri 27", "Sat 28"],
  );
  const midnight = view({ now: Date.parse("2026-11-23T23:10:00Z") });
  const [left] = numbers(buildDayLabels(midnight).find(({ label }) => label.startsWith("Tue")));
  assert.ok(left > parseFloat(buildNowLine(midnight).line.left), "right of the pill that covers its place");
});

test("day names are abbreviated if there is little room", () => {
  assert.ok(buildDayLabels(view({ hours: 8 * DAY, pixels: 200 })).every(({ label }) => label.length <= 2));
});

test("the visible range is formatted", () => {
  assert.equal(formatRange(getVisibleRange(NOW, 5 * DAY)), "Mon 23 to Sat 28 Nov");
  assert.equal(formatRange(getVisibleRange(NOW, 8 * DAY)), "Mon 23 Nov to Tue 1 Dec");
});

test("now is on the axis only if it is visible", () => {
  assert.equal(buildNowLine(view()).label, "14:22");
  assert.deepEqual([buildNowLine(view({ shift: 1 })).isSeen, buildNowLine(view({ shift: 1 })).past.width], [false, "0px"]);
  assert.equal(buildNowLine(view({ shift: -1 })).past.width, "1000px");
});

test("a short window is at least 7 pixels wide, with a hit area of 24", () => {
  const [bar] = buildLaneBars([spike(1, "25T12:00", "25T12:05")], view());
  assert.equal(numbers(bar.bar)[1], 7);
  assert.equal(numbers(bar.hit)[1], 24);
});

test("bars are clipped to the timeline", () => {
  const bars = buildLaneBars([spike(1, "20T12:00", "23T13:05"), spike(2, "28T12:55", "30T12:00")], view());
  assert.equal(bars.length, 2);
  for (const { hit } of bars) {
    const [left, width] = numbers(hit);
    assert.ok(left >= 0 && left + width <= 1000, `${left} + ${width}`);
  }
});

test("a window that only touches the edge is not drawn", () => {
  const touching = [spike(1, "22T12:00", "23T13:00"), spike(2, "28T13:00", "28T14:00")];
  assert.equal(buildLaneBars(touching, view()).length, 0);
});

test("the label is inside if it fits, else right, else left", () => {
  const bars = [
    spike(1, "24T20:00", "25T12:00", "Inside"),
    spike(2, "26T02:00", "26T02:30", "Flapping uplink"),
    spike(3, "26T06:00", "26T06:30", "Right"),
  ];
  assert.deepEqual(places(buildLaneBars(bars, view())), ["inside", "left", "right"]);
});

test("of two overlapping labels the later one is only in the tooltip", () => {
  const bars = [1, 2, 3].map((id) => spike(id, `26T0${id}:00`, `26T0${id}:20`, `A long name number ${id}`));
  const drawn = buildLaneBars([...bars, spike(4, "26T04:00", "26T04:20", "The last")], view());
  assert.deepEqual(places(drawn), ["left", "", "", "right"]);
  assert.match(drawn[1].title, /A long name number 2/);
});

test("a label keeps clear of the line for now", () => {
  const [bar] = buildLaneBars([spike(1, "24T08:00", "24T08:30", "Battery sag of today")], view());
  assert.equal(bar.place, "left");
});

test("filtered spikes are dimmed and have no label", () => {
  const [bar] = buildLaneBars([spike(1, "26T02:00", "26T02:30")], view(), () => true);
  assert.deepEqual([bar.classes, bar.place], ["scheduled is-dimmed", ""]);
});

test("a click in the future offers a start on the half hour", () => {
  const at = view();
  const offer = findFreeSlot(at.toX(Date.parse("2026-11-26T09:40:00Z")), [], at);
  assert.deepEqual([offer.start, offer.label], ["2026-11-26T09:30:00.000Z", "10:30"]);
});

test("no slot is offered in the past or inside a window", () => {
  const at = view();
  assert.equal(findFreeSlot(at.toX(Date.parse("2026-11-24T10:00:00Z")), [], at), null);
  assert.equal(findFreeSlot(at.toX(NOW) + 1, [], at).start, "");
  const window = spike(1, "26T08:00", "26T12:00");
  assert.equal(findFreeSlot(at.toX(Date.parse("2026-11-26T09:40:00Z")), [window], at), null);
});

test("a slot after a window begins at its end", () => {
  const at = view();
  const window = spike(1, "26T08:00", "26T09:40");
  const offer = findFreeSlot(at.toX(Date.parse("2026-11-26T09:45:00Z")), [window], at);
  assert.equal(offer.start, "2026-11-26T09:40:00.000Z");
});

test("no label crosses the line for now, not even inside a bar", () => {
  const line = parseFloat(buildNowLine(view()).line.left);
  const windows = [["24T01:00", "24T14:00"], ["24T13:00", "26T14:00"], ["24T12:00", "24T14:30"], ["24T11:30", "24T12:00"]];
  for (const [start, end] of windows) {
    const [bar] = buildLaneBars([spike(1, start, end, "A rather long name of a spike")], view());
    const left = parseFloat(bar.label.left);
    assert.ok(!bar.place || left + parseFloat(bar.label.maxWidth) <= line || left >= line, `${start} ${bar.place}`);
  }
});
