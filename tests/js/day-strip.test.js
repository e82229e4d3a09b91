import assert from "node:assert/strict";
import { test } from "node:test";

process.env.TZ = "UTC";
const { getVisibleRange, buildDayStrip } = await import("../../static/js/lib/day-strip.js");

const at = (time, day = 24) => Date.parse(`2026-11-${day}T${time}:00Z`);
const spike = (id, start, end) => ({
  id,
  name: `Spike ${id}`,
  start_datetime: new Date(start).toISOString(),
  end_datetime: new Date(end).toISOString(),
});
const hours = ({ from, to }) => [new Date(from), new Date(to)].map((date) => date.toISOString().slice(8, 16));

test("the strip shows six hours from the hour before now", () => {
  assert.deepEqual(hours(getVisibleRange([], at("14:22"))), ["24T13:00", "24T19:00"]);
});

test("the strip shows the start of the active window", () => {
  assert.deepEqual(hours(getVisibleRange([spike(1, at("11:10"), at("14:40"))], at("14:22"))), [
    "24T10:00",
    "24T16:00",
  ]);
});

test("the strip shows the last window of today, but not tomorrow's", () => {
  const spikes = [spike(1, at("21:30"), at("22:30")), spike(2, at("03:00", 25), at("04:00", 25))];
  assert.deepEqual(hours(getVisibleRange(spikes, at("14:22"))), ["24T13:00", "25T00:00"]);
});

test("a very long window does not make the strip very long", () => {
  const { from, to } = getVisibleRange([spike(1, at("14:00"), Date.parse("2030-01-01T00:00:00Z"))], at("14:22"));
  assert.equal((to - from) / 3_600_000, 26);
});

test("bars are at their windows and have a minimum width", () => {
  const { bars } = buildDayStrip(
    [spike(1, at("13:00"), at("14:30")), spike(2, at("16:00"), at("16:01"))],
    at("14:22"),
    600,
  );
  assert.equal(bars[0].left, "100px");
  assert.equal(bars[0].status, "active");
  assert.equal(bars[1].status, "scheduled");
  assert.equal(bars[1].width, "7px");
});

test("a label is inside, right or left of its bar, or hidden", () => {
  const spikes = [
    spike(1, at("14:00"), at("14:30")),
    spike(2, at("14:35"), at("14:40")),
    spike(3, at("14:45"), at("15:00")),
    spike(4, at("16:00"), at("18:00")),
  ];
  const { bars } = buildDayStrip(spikes, at("14:22"), 600);
  assert.deepEqual(
    bars.map((bar) => bar.label.place),
    ["left", "", "right", "inside"],
  );
});

test("narrow strips have fewer ticks", () => {
  const wide = buildDayStrip([], at("14:22"), 1200).ticks;
  const narrow = buildDayStrip([], at("14:22"), 200).ticks;
  assert.deepEqual(
    wide.map((tick) => tick.label),
    ["14:00", "15:00", "16:00", "17:00", "18:00"],
  );
  assert.ok(narrow.length < wide.length);
});

test("no label crosses the line for now", () => {
  for (const [start, end] of [["13:10", "14:25"], ["14:20", "16:00"], ["14:25", "14:26"], ["14:18", "14:20"]]) {
    const { bars, now } = buildDayStrip([spike(1, at(start), at(end))], at("14:22"), 600);
    const [left, width, line] = [bars[0].label.left, bars[0].label.width, now].map(parseFloat);
    assert.ok(!bars[0].label.place || left + width <= line + 0.2 || left >= line - 0.2, start);
  }
});
