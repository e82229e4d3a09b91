import assert from "node:assert/strict";
import { test } from "node:test";

process.env.TZ = "UTC";
const lanes = await import("../../static/js/lib/report-lanes.js");
const { buildPollLane, buildReportAxis, buildWindowBar, createReportScale, findPoll } = lanes;

const MINUTE_MS = 60_000;
const start = Date.parse("2026-11-24T14:10:00Z");
const minutes = (length, from = start) => ({ start: from, end: from + length * MINUTE_MS });
const scaleOf = (window_, pixels = 1140) => createReportScale(window_, pixels);
const dotsIn = (path) => path.split("M").length - 1;

test("the window has room on both sides", () => {
  const window_ = minutes(10);
  const scale = scaleOf(window_);
  assert.equal(Math.round(scale.toX(window_.start)), 70);
  assert.equal(Math.round(scale.toX(window_.end)), 1070);
});

test("the axis shows the start and the end, and no other label that meets them", () => {
  const window_ = minutes(10);
  const axis = buildReportAxis(window_, scaleOf(window_));
  assert.deepEqual(axis.edges.map(({ label }) => label), ["14:10", "14:20"]);
  const labels = axis.ticks.map(({ label }) => label).filter(Boolean);
  assert.deepEqual(labels, ["14:11", "14:12", "14:13", "14:14", "14:15", "14:16", "14:17", "14:18", "14:19"]);
});

test("on a narrow drawing the axis keeps labels that do not meet", () => {
  const window_ = minutes(10);
  const { edges, ticks } = buildReportAxis(window_, scaleOf(window_, 180));
  assert.deepEqual(edges.map(({ label }) => label), ["14:10", "14:20"]);
  assert.ok(ticks.filter(({ label }) => label).length <= 1);
});

test("windows of a second, of a day and of three years have an axis", () => {
  for (const length of [1 / 60, 1440, 3 * 365 * 1440, 0]) {
    const { edges, ticks } = buildReportAxis(minutes(length), scaleOf(minutes(length)));
    assert.equal(edges.length, 2);
    assert.ok(ticks.length < 40, `${length}`);
  }
});

test("a deleted spike was served until then", () => {
  const window_ = { ...minutes(10), servedEnd: start + 2 * MINUTE_MS };
  const bar = buildWindowBar(window_, scaleOf(window_));
  assert.equal(bar.isCut, true);
  assert.deepEqual([bar.served, bar.rest], [{ left: "70px", width: "200px" }, { left: "270px", width: "800px" }]);
});

test("each poll is a dot, and dots of one place are one", () => {
  const window_ = minutes(10);
  const lane = buildPollLane({ times: [3.5, 18.5, 33.5], minutes: [], after: null }, window_, scaleOf(window_));
  assert.equal(dotsIn(lane.dots), 3);
  assert.equal(lane.after, "");
  const day = minutes(1440);
  const crowded = { times: Array.from({ length: 200 }, (_, index) => index / 10), minutes: [], after: null };
  assert.equal(dotsIn(buildPollLane(crowded, day, scaleOf(day)).dots), 1);
});

test("the first poll after the window stands behind its end, within the drawing", () => {
  const window_ = minutes(10);
  assert.match(buildPollLane({ times: [], minutes: [], after: {} }, window_, scaleOf(window_)).after, /^M10(7|8)\d/);
  assert.match(buildPollLane({ times: [], minutes: [], after: {} }, window_, scaleOf(window_, 100)).after, /^M9[23]\.\d /);
});

test("counts by minute are columns, with several minutes in one where they are narrow", () => {
  const window_ = minutes(10);
  const columns = (window__, counts) => buildPollLane({ times: [], minutes: counts, after: null }, window__, scaleOf(window__)).columns;
  assert.equal(dotsIn(columns(window_, [[3, 60], [4, 30]])), 2);
  assert.equal(buildPollLane({ times: [1, 2], minutes: [[3, 60]], after: null }, window_, scaleOf(window_)).dots, "");
  const day = minutes(1440);
  const everyMinute = Array.from({ length: 1440 }, (_, minute) => [minute, 60]);
  assert.ok(dotsIn(columns(day, everyMinute)) <= 500);
});

test("the poll under the pointer is found if it is near", () => {
  const window_ = minutes(10);
  const scale = scaleOf(window_);
  const poll = { times: [60, 120] };
  assert.equal(findPoll(poll, start, scale, 171), 0);
  assert.equal(findPoll(poll, start, scale, 268), 1);
  assert.equal(findPoll(poll, start, scale, 220), -1);
  assert.equal(findPoll({ times: [] }, start, scale, 0), -1);
});
