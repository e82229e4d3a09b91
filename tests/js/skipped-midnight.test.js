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
