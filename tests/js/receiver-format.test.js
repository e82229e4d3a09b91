import assert from "node:assert/strict";
import { test } from "node:test";

process.env.TZ = "Europe/Berlin";
const format = await import("../../static/js/lib/receiver-format.js");

const NOW = Date.parse("2026-11-24T13:00:10Z");
const at = (second) => `2026-11-24T13:00:${String(second).padStart(2, "0")}Z`;
const receiver = (more = {}) => ({
  id: 3,
  deliveries: 0,
  last_received_at: null,
  last_problem_at: null,
  last_problem: null,
  ...more,
});

test("the address of a receiver is by its id", () => {
  assert.equal(format.getReceiverPath(receiver()), "/api/alerts/3");
});

test("the last delivery is formatted", () => {
  assert.equal(format.formatLastDelivery(receiver(), NOW), "never");
  assert.equal(format.formatLastDelivery(receiver({ last_received_at: at(8) }), NOW), "2 s ago");
});

test("a problem counts as long as it is that of the last delivery", () => {
  assert.ok(!format.hasProblem(receiver()));
  assert.ok(format.hasProblem(receiver({ last_received_at: at(8), last_problem_at: at(8) })));
  assert.ok(!format.hasProblem(receiver({ last_received_at: at(9), last_problem_at: at(8) })));
});

test("waiting ends with the first delivery, and says what arrived", () => {
  const before = receiver();
  const arrived = receiver({ deliveries: 1, last_received_at: at(8) });
  assert.equal(format.formatArrival(before, before, 0, NOW).state, "waiting");
  assert.deepEqual(format.formatArrival(before, arrived, 2, NOW), {
    state: "ok",
    text: "Arrived 2 s ago: 2 alerts understood.",
  });
  assert.deepEqual(format.formatArrival(before, arrived, 0, NOW), {
    state: "ok",
    text: "Arrived 2 s ago. Its alerts are ignored, or were known already.",
  });
  const bad = { ...arrived, last_problem_at: at(8), last_problem: "The list 'alerts' is empty." };
  assert.deepEqual(format.formatArrival(before, bad, 0, NOW), {
    state: "bad",
    text: "A delivery arrived 2 s ago, but: The list 'alerts' is empty.",
  });
});

test("matchers are lines of label=text, and back", () => {
  const list = [{ alertname: "Watchdog" }, { team: "blue=1", severity: "in*" }, { absent: "" }];
  const text = "alertname=Watchdog\nteam=blue=1, severity=in*\nabsent=";
  assert.equal(format.toLines(list), text);
  assert.deepEqual(format.fromLines(`\n${text}\n  \n`), list);
  assert.deepEqual(format.fromLines(""), []);
});

test("a line that is no matcher is found", () => {
  assert.equal(format.findWrongLine("alertname=Watchdog\n\nteam=blue, severity="), 0);
  assert.equal(format.findWrongLine("alertname=Watchdog\nWatchdog"), 2);
  assert.equal(format.findWrongLine("=Watchdog"), 1);
  assert.equal(format.findWrongLine("a=1, b"), 1);
});

test("the other labels of an alert are formatted", () => {
  const labels = { alertname: "EngineHot", instance: "truck-01", severity: "page" };
  assert.equal(format.formatLabels({ labels }), "instance=truck-01, severity=page");
});

test("the end of an episode is formatted", () => {
  const end = (episode) => format.formatEnd(episode, (length) => `${length} ms`, 50);
  assert.equal(end({ is_firing: true, only_resolution: false }), "Firing");
  assert.equal(end({ is_firing: false, only_resolution: false }), "Resolved after 50 ms");
  assert.equal(end({ is_firing: false, only_resolution: true }), "Only its resolution arrived");
});
