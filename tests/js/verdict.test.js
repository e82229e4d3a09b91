import assert from "node:assert/strict";
import { test } from "node:test";

process.env.TZ = "UTC";
const lib = "../../static/js/lib";
const verdicts = await import(`${lib}/verdict-format.js`);
const { buildExpectationRows, buildUnexpectedRows, buildVerdict, formatDelay, formatMet, formatResult, getResultBadge } = verdicts;
const { buildRunBars, formatDelays, formatRuns } = await import(`${lib}/verdict-runs.js`);
const { buildNextExpectations, toMatch } = await import(`${lib}/next-expectations.js`);
const { buildAlertLane, createReportScale, getDeadlines, getLastAlertTime } = await import(`${lib}/report-lanes.js`);

const start = Date.parse("2026-11-24T14:10:00Z");
const end = Date.parse("2026-11-24T14:20:00Z");
const now = Date.parse("2026-11-24T15:00:00Z");

const hot = (more = {}) => ({
  id: 1,
  kind: "fires",
  match: { alertname: "EngineHot" },
  within: 180,
  counts_from: 0,
  resolve_within: 900,
  at_most: 1,
  holds: false,
  expects: "EngineHot fires within 3 min",
  state: "met",
  says: "fired after 21.8 s (180 s allowed)",
  delay: 21.8,
  split: { poll: 3.5, rule: 13.3, notification: 5 },
  resolve_delay: 11.8,
  times: 1,
  deliveries: 6,
  episodes: [{ labels: { alertname: "EngineHot" }, received_after: 21.8, resolved_after: 611.8 }],
  ...more,
});
const quiet = (more = {}) => ({
  id: 2,
  kind: "quiet",
  match: { alertname: "TruckDown" },
  until: 60,
  expects: "TruckDown stays quiet",
  state: "met",
  says: "stayed quiet",
  delay: null,
  split: null,
  resolve_delay: null,
  times: 0,
  deliveries: 0,
  episodes: [],
  ...more,
});
const unheard = { delay: null, split: null, resolve_delay: null, times: 0, episodes: [] };
const record = (state, expectations, more = {}) => ({
  id: 81,
  state,
  expectations,
  unexpected: [],
  false_alarms: 0,
  decided_by: "2026-11-24T15:10:00Z",
  ...more,
});
const shown = (...given) => {
  const { tone, label, value, note } = buildVerdict(record(...given), now);
  return [tone, label, value, note];
};

test("a passed one shows the longest delay, and where the time went", () => {
  const verdict = buildVerdict(record("passed", [hot({ delay: 3 }), hot(), quiet()]), now);
  assert.deepEqual([verdict.tone, verdict.label, verdict.value, verdict.note], ["is-ok", "Noticed after", "21.8 s", "3 min allowed"]);
  assert.deepEqual(verdict.parts.map(({ title }) => title), ["poll 3.5 s", "rule 13.3 s", "notification 5 s"]);
  assert.deepEqual(
    verdict.facts.map(({ label, value, note }) => [label, value, note]),
    [
      ["Resolved", "11.8 s", "after the end"],
      ["Fired", "once", "6 deliveries"],
      ["False alarms", "none", ""],
    ],
  );
});

test("a failed one shows what failed first", () => {
  assert.deepEqual(shown("failed", [hot(), hot({ state: "missed", ...unheard })]), ["is-bad", "Not noticed", "Missed", "3 min allowed"]);
  assert.deepEqual(shown("failed", [hot({ state: "late", delay: 412 })]), ["is-bad", "Noticed after", "6 min 52 s", "too late: 3 min allowed"]);
  assert.deepEqual(shown("failed", [hot({ state: "flapped", times: 3 })]), ["is-bad", "Flapped", "3 times", "at most 1 allowed"]);
  const fired = quiet({ state: "fired", times: 2, says: "fired 2 times" });
  assert.deepEqual(shown("failed", [hot(), fired]), ["is-bad", "Should stay quiet", "2 alerts", "TruckDown fired 2 times"]);
});

test("where nothing but an unexpected alert failed it, that is told", () => {
  const unexpected = [{ labels: { alertname: "FanSlow" }, received_after: 95, resolved_after: null }];
  const [tone, label, value] = shown("failed", [hot()], { unexpected });
  assert.deepEqual([tone, label, value], ["is-bad", "Unexpected", "1 alert"]);
});

test("what cannot be judged has no verdict and says why", () => {
  const [tone, label, value, note] = shown("inconclusive", [hot(), hot({ state: "not-looked", ...unheard, says: "cannot be judged" })]);
  assert.deepEqual([tone, label, value, note], ["", "Undecided", "No verdict", "EngineHot cannot be judged"]);
});

test("what waits counts down to the last deadline", () => {
  const verdict = buildVerdict(record("running", [hot({ state: "waiting", resolve_delay: null }), quiet()]), now);
  assert.deepEqual([verdict.label, verdict.value, verdict.note, verdict.isCounting], ["Decided in", "10:00", "1 of 2 expectations still waiting", true]);
});

test("only quiet expectations are quiet", () => {
  assert.deepEqual(shown("passed", [quiet()]).slice(1), ["As expected", "Quiet", "TruckDown stayed quiet"]);
});

test("expectations are sentences with a badge", () => {
  const states = ["met", "missed", "late", "flapped", "resolved-early", "not-resolved", "fired", "waiting", "already-firing", null];
  const rows = buildExpectationRows(record("failed", states.map((state, id) => hot({ id, state }))));
  assert.deepEqual(
    rows.map(({ label, tone }) => `${label} ${tone}`.trim()),
    ["Met ok", "Missed bad", "Late bad", "Flapped bad", "Resolved early bad", "Not resolved bad", "Fired bad", "Waiting", "Undecided", "Not judged"],
  );
  assert.equal(rows[0].says, "EngineHot fired after 21.8 s (180 s allowed)");
  assert.equal(formatMet(record("failed", [hot(), hot({ state: "late" })])), "1 of 2 met");
  assert.equal(getResultBadge({ state: "observed" }).label, "");
});

test("unexpected alerts with the same labels are one row", () => {
  const episode = { labels: { alertname: "FanSlow", instance: "Truck 01" }, received_after: 95, resolved_after: 395 };
  const other = { labels: { severity: 'a"b' }, received_after: 5, resolved_after: null };
  const rows = buildUnexpectedRows({ unexpected: [episode, other, { ...episode, received_after: 500, resolved_after: null }] });
  assert.deepEqual(
    rows.map(({ name, count, text, others }) => [name, count, text, others]),
    [
      ["FanSlow", "2×", "fired 95 s after the start, resolved after 5 min", 'instance="Truck 01"'],
      ["any alert", "1×", "fired 5 s after the start, has not resolved", 'severity="a\\"b"'],
    ],
  );
});

test("delays keep their seconds while they matter", () => {
  assert.deepEqual([0, 21.84, 119.96, 120, 412, 7500].map(formatDelay), ["0 s", "21.8 s", "120 s", "2 min", "6 min 52 s", "2 h 5 min"]);
  assert.equal(formatResult({ delay: 21.8, false_alarms: 1 }), "21.8 s, 1 false alarm");
  assert.equal(formatResult({ delay: null, false_alarms: 0 }), "");
});

const run = (id, state, delay) => ({
  id,
  spike_schedule_id: id,
  state,
  delay,
  start_datetime: "2026-11-23T14:10:00Z",
  end_datetime: "2026-11-23T14:20:00Z",
});
const runs = [run(5, "passed", 20), run(4, "failed", null), run(3, "passed", 40), run(2, "observed", null), run(1, "passed", 30)];

test("runs are bars as high as their delays, the oldest first", () => {
  const bars = buildRunBars(runs, 5, now);
  assert.deepEqual(bars.map(({ id, text, tone }) => [id, text, tone]), [[1, "30 s", "ok"], [3, "40 s", "ok"], [4, "failed", "bad"], [5, "20 s", "ok"]]);
  assert.deepEqual(bars.map(({ style }) => style.height), ["42px", "56px", "56px", "28px"]);
  assert.deepEqual(bars.map(({ isCurrent }) => isCurrent), [false, false, false, true]);
  assert.equal(formatRuns(runs, now), "3 of the last 4 passed, last passed 1 day ago");
  assert.equal(formatDelays(runs, 5), "Median of 2 other runs 40 s, worst 40 s.");
  assert.equal(formatDelays([run(5, "passed", 20)], 5), "");
});

test("the next run expects what this one did, and the marked alerts", () => {
  const next = buildNextExpectations(record("passed", [hot(), quiet()]), [{ alertname: "Fan*", instance: "x" }]);
  assert.deepEqual(next, [
    { kind: "fires", match: { alertname: "EngineHot" }, within: 180, counts_from: 0, resolve_within: 900, at_most: 1, holds: false },
    { kind: "quiet", match: { alertname: "TruckDown" }, until: 60 },
    { kind: "fires", match: { alertname: "Fan\\*" } },
  ]);
  assert.deepEqual(toMatch({ severity: "page" }), { severity: "page" });
});

test("an alert is a bar from firing to resolved, or to now, with its deadlines", () => {
  const window_ = { start, end, until: getLastAlertTime(record("passed", [hot()]), start) };
  const scale = createReportScale(window_, 1000);
  const alert = { episodes: hot().episodes, deadlines: getDeadlines(hot(), window_) };
  const lane = buildAlertLane(alert, { start, now }, scale);
  assert.equal(lane.bars.length, 1);
  assert.equal(lane.bars[0].isOpen, false);
  assert.deepEqual(lane.deadlines.map(({ title }) => title), ["Deadline to fire", "Deadline to resolve"]);
  const open = { episodes: [{ received_after: 30, resolved_after: null }], deadlines: [] };
  const [bar] = buildAlertLane(open, { start, now: start + 90_000 }, scale).bars;
  assert.equal(bar.isOpen, true);
  assert.ok(Math.abs(parseFloat(bar.style.width) - (scale.toX(start + 90_000) - scale.toX(start + 30_000))) < 0.2);
});

test("expectations without a deadline have none, and quiet ones until when they must be", () => {
  assert.equal(getDeadlines(hot({ resolve_within: null }), { start, end }).length, 1);
  assert.deepEqual(getDeadlines(quiet({ until: 0 }), { start, end }), []);
  assert.deepEqual(getDeadlines(quiet(), { start, end }).map(({ at }) => at), [end + 60_000]);
});
