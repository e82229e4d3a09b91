import assert from "node:assert/strict";
import { test } from "node:test";

import { getExpectKey } from "../../static/js/lib/expect-errors.js";
import { formatLabels, parseLabels } from "../../static/js/lib/expect-labels.js";
import { formatRest, getTimesChoices, newRow, parseTiming, propose, toExpectation, toRow, validateRow } from "../../static/js/lib/expect-rows.js";
import { fromScope, toScope } from "../../static/js/lib/expect-scope.js";
import { findTooShort, formatSeconds, formatSum, getSeenInterval, proposeResolveWithin, proposeWithin } from "../../static/js/lib/expect-within.js";
import { parseDuration } from "../../static/js/lib/duration-text.js";

const TIMING = { poll: 30, for: 120, evaluation: 30, groupWait: 30, groupInterval: 300 };
const DEFAULTS = { poll: 60, for: 0, evaluation: 60, groupWait: 30, groupInterval: 300 };

test("durations are formatted as people type them, and exactly", () => {
  for (const seconds of [1, 59, 60, 61, 90, 119, 120, 150, 240, 3900, 86_400, 90_061]) {
    assert.equal(parseDuration(formatSeconds(seconds)).length, seconds * 1000, formatSeconds(seconds));
  }
  assert.deepEqual([0, 90, 240, 3900].map(formatSeconds), ["0 s", "90 s", "4 min", "1 h 5 min"]);
});

test("the time to fire is the sum of what the monitoring needs", () => {
  assert.equal(proposeWithin(TIMING), 240);
  assert.equal(formatSum(TIMING), "4 min = polled every 30 s + for 2 min + evaluation 30 s + group_wait 30 s + 30 s");
  assert.equal(formatSum(DEFAULTS, { isSeen: true }), "3 min = polled every 1 min (as seen) + for 0 s + evaluation 1 min + group_wait 30 s + 30 s");
});

test("the time to resolve covers the interval of groups", () => {
  assert.equal(proposeResolveWithin(DEFAULTS), 900);
  assert.equal(proposeResolveWithin({ ...DEFAULTS, groupInterval: 3600 }), 3750);
});

test("a window that is too short to be noticed is told, with the length that is enough", () => {
  const short = findTooShort(30, DEFAULTS);
  assert.match(short.words, /^The rule may never fire: .*up to 2 min, and the window is only 30 s long\.$/);
  assert.equal(short.seconds, 180);
  assert.match(findTooShort(120, DEFAULTS).words, /^The alert may never be sent: .*group_wait \(30 s\) is over/);
  assert.equal(findTooShort(150, DEFAULTS), null);
  assert.equal(findTooShort(180, DEFAULTS), null);
  assert.equal(findTooShort(-5, DEFAULTS), null);
});

test("the polling interval is the one of the key that polled most", () => {
  const polls = [{ times: [1, 100] }, { times: [3.5, 13.4, 23.5, 63.5, 73.6] }];
  assert.equal(getSeenInterval(polls), 10);
  assert.equal(getSeenInterval([{ times: [1, 2] }]), null);
  assert.equal(getSeenInterval([]), null);
});

test("labels are typed as name=value, with quotes where they are needed", () => {
  const labels = { severity: "page", team: "ops, night", quote: 'a "b"', empty: "", "__proto__": "x" };
  for (const each of [labels, {}, { a: "\\*", b: "*" }, JSON.parse('{"__proto__": "x"}')]) {
    assert.deepEqual(parseLabels(formatLabels(each)), { labels: each, error: "" });
  }
  assert.deepEqual(parseLabels(" severity = page ,team=ops,").labels, { severity: "page", team: "ops" });
  assert.match(parseLabels("page").error, /“page” is not a label/);
  assert.match(parseLabels("a=1, a=2").error, /“a” appears twice/);
  assert.match(parseLabels("=1").error, /is not a label/);
});

test("a new row is proposed until it is typed", () => {
  const row = newRow("fires", DEFAULTS);
  assert.deepEqual([row.within, row.resolves], ["3 min", "15 min"]);
  assert.equal(propose(row, TIMING).within, "4 min");
  assert.equal(propose({ ...row, within: "9 min", isWithinTyped: true }, TIMING).within, "9 min");
});

test("a saved expectation is shown, and sent again as it was", () => {
  const fires = { kind: "fires", match: { alertname: "Hot", severity: "page" }, within: 90, resolve_within: null, at_most: 3, counts_from: 120, holds: true };
  assert.deepEqual(toExpectation(toRow({ ...fires, id: 7, state: "met" })), fires);
  assert.equal(formatRest(toRow(fires)), "counted from 2 min after the start, and not before the end");
  assert.deepEqual(getTimesChoices(toRow(fires)).map(({ label }) => label), ["once", "any number of times", "at most 3 times"]);
  const quiet = { kind: "quiet", match: {}, until: 300 };
  assert.deepEqual(toExpectation(toRow(quiet)), quiet);
  assert.equal(toRow(quiet).alert, "*");
  assert.equal(formatRest(toRow(quiet)), "until 5 min after the end");
});

test("what is typed wrong is told at its input", () => {
  const row = newRow("fires", DEFAULTS);
  assert.deepEqual(validateRow(row, false), {});
  assert.deepEqual(Object.keys(validateRow(row, true)), ["alert"]);
  const wrong = { ...row, alert: "Hot", labels: "alertname=Hot", within: "25 h", resolves: "soon" };
  const errors = validateRow(wrong, false);
  assert.deepEqual(Object.keys(errors), ["labels", "within", "resolves"]);
  assert.equal(errors.within, "Must be at most 24 h.");
  assert.deepEqual(validateRow({ ...wrong, kind: "quiet", labels: "" }, true), {});
});

test("the numbers of the monitoring may be zero", () => {
  assert.deepEqual(parseTiming("0s"), { seconds: 0, error: "" });
  assert.deepEqual(parseTiming("90 s"), { seconds: 90, error: "" });
  assert.equal(parseTiming("x").seconds, null);
});

test("a scope is offered by the collection, and any other can be typed", () => {
  const collection = { id: 3, name: "web*01" };
  assert.deepEqual(toScope("", "", collection), { labels: {}, error: "" });
  assert.deepEqual(toScope("collection_id=3", "", collection).labels, { collection_id: "3" });
  assert.deepEqual(toScope("instance=web\\*01", "", collection).labels, { instance: "web\\*01" });
  assert.deepEqual(fromScope({ instance: "web\\*01" }, collection), { scope: "instance=web\\*01", scopeLabels: "" });
  assert.deepEqual(fromScope({ team: "ops" }, collection), { scope: "other", scopeLabels: "team=ops" });
  assert.deepEqual(toScope("other", "team=ops", collection).labels, { team: "ops" });
  assert.notEqual(toScope("other", "", collection).error, "");
});

test("the server's errors belong to inputs", () => {
  const keys = {
    "rehearsal.receiver_id": "expect-receiver",
    "rehearsal.expectations": "expect-receiver",
    "rehearsal.scope.team": "expect-scope",
    "rehearsal.expectations.0.within": "expect-0-within",
    "rehearsal.expectations.1.resolve_within": "expect-1-resolves",
    "rehearsal.expectations.1.match.alertname": "expect-1-alert",
    "rehearsal.expectations.1.match.a.b": "expect-1-labels",
    "rehearsal.expectations.2.counts_from": "expect-2-within",
    "spike_fields.0.step_number": "",
  };
  for (const [path, key] of Object.entries(keys)) assert.equal(getExpectKey(path), key, path);
});
