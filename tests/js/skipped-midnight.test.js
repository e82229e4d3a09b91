import assert from "node:assert/strict";
import { test } from "node:test";

// In these zones the clocks go from midnight to one on the day on which summer time begins.
const SKIPPED = [
  ["Africa/Cairo", "2026-04-24"],
  ["America/Santiago", "2026-09-06"],
  ["Asia/Beirut", "2026-03-29"],
  ["America/Asuncion", "2022-10-02"],
  ["America/Havana", "2026-03-08"],
];

const DAY = 86_400_000;

for (const [zone, date] of SKIPPED) {
  test(`the days of a timeline begin at midnight, but for the one without: ${zone}`, async () => {
    process.env.TZ = zone;
    const { buildDayLabels, buildTimelineTicks, createView } = await import(`../../static/js/lib/timeline.js?${zone}`);
    const from = new Date(`${date}T12:00:00`).getTime() - 2 * DAY;
    const view = createView({ from, to: from + 5 * DAY }, { now: from, pixels: 5000, measure: () => 20 });
    const days = buildTimelineTicks(view).filter(({ isDay }) => isDay);
    const labels = days.map(({ at }) => {
      const day = new Date(at);
      return [day.getDate() === Number(date.slice(-2)), day.getHours()];
    });
    assert.equal(days.length, 5);
    for (const [isSkipped, hour] of labels) assert.equal(hour, isSkipped ? 1 : 0);
    assert.equal(new Set(buildDayLabels(view).map(({ at }) => new Date(at).getDate())).size, buildDayLabels(view).length);
  });
}

for (const [zone, date] of SKIPPED) {
  for (const hours of [6, 24]) {
    test(`hours are labelled once, and in order, around a skipped midnight: ${zone}, ${hours} h`, async () => {
      process.env.TZ = zone;
      const { buildTimelineTicks, createView } = await import(`../../static/js/lib/timeline.js?${zone}`);
      const from = new Date(`${date}T12:00:00`).getTime() - 14 * (DAY / 24);
      const view = createView({ from, to: from + hours * (DAY / 24) }, { now: from, pixels: 1000, measure: () => 20 });
      const ticks = buildTimelineTicks(view);
      for (const [index, { at }] of ticks.slice(1).entries()) assert.ok(at > ticks[index].at, new Date(at).toString());
      assert.deepEqual(ticks.filter(({ isDay }) => isDay).map(({ label }) => label)[0], "01:00");
      const labels = ticks.map(({ label }) => label).filter(Boolean);
      assert.equal(new Set(labels).size, labels.length, labels.join(" "));
      assert.ok(!labels.some((label) => label.startsWith("00:")), labels.join(" "));
    });
  }
}

test("an hour that occurs twice has its ticks twice", async () => {
  process.env.TZ = "Europe/Berlin";
  const { buildTicks, createScale } = await import("../../static/js/lib/time-axis.js?twice");
  const from = Date.parse("2026-10-25T00:00:00Z"); // 02:00, for the first time
  const options = { stepsMin: [30], minGapPx: 1, fallbackMin: 30, edgePx: 0 };
  const labels = buildTicks(createScale({ from, to: from + 3 * 3_600_000 }, 1000), options).map(({ label }) => label);
  assert.deepEqual(labels, ["02:30", "02:00", "02:30", "03:00", "03:30"]);
});

test("ticks stay at full hours when the clocks change by half an hour", async () => {
  process.env.TZ = "Australia/Lord_Howe";
  const { buildTicks, createScale } = await import("../../static/js/lib/time-axis.js?half");
  const from = Date.parse("2026-10-03T14:00:00Z"); // 00:30; at 02:00 it is 02:30
  const options = { stepsMin: [60], minGapPx: 1, fallbackMin: 60, edgePx: 0 };
  const labels = buildTicks(createScale({ from, to: from + 4.5 * 3_600_000 }, 1000), options).map(({ label }) => label);
  assert.deepEqual(labels, ["01:00", "03:00", "04:00", "05:00"]);
});
