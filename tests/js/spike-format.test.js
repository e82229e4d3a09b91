import assert from "node:assert/strict";
import { test } from "node:test";

process.env.TZ = "UTC";
const words = await import("../../static/js/lib/spike-format.js");
const { formatChange, getExtensions, formatFieldNames } = words;
const { formatOverride, formatPollTime } = words;
const { getNextEdge, getSpikeStatus } = await import("../../static/js/lib/spike-status.js");

const at = (time) => Date.parse(`2026-11-24T${time}Z`);
const spike = (start, end, more = {}) => ({
  status: "scheduled",
  start_datetime: `2026-11-24T${start}:00Z`,
  end_datetime: `2026-11-24T${end}:00Z`,
  spike_fields: [],
  ...more,
});
const counter = (given, settings, original = {}) => ({
  value_type: "INCREMENT",
  overridden_settings: given,
  start_number: 0,
  step_number: 1,
  reset_number: null,
  randomization_percentage: null,
  ...settings,
  original: { value_type: "INCREMENT", start_number: 0, step_number: 1, reset_number: null, ...original },
});
const range = {
  value_type: "NUMBER_RANGE",
  field_name: "cpu",
  original_field_id: 12,
  overridden_settings: ["range_start_number", "range_end_number"],
  range_start_number: 90,
  range_end_number: 100,
  range_start_float: null,
  original: { value_type: "NUMBER_RANGE", range_start_number: 18, range_end_number: 35 },
};

test("the status changes at the second; the end is not part of the window", () => {
  const drill = spike("14:10", "14:40");
  assert.equal(getSpikeStatus(drill, at("14:09:59")), "scheduled");
  assert.equal(getSpikeStatus(drill, at("14:10:00")), "active");
  assert.equal(getSpikeStatus(drill, at("14:40:00")), "expired");
});

test("a late clock does not revert a status that the server has reported", () => {
  assert.equal(getSpikeStatus(spike("14:10", "14:40", { status: "active" }), at("14:09:00")), "active");
  assert.equal(getSpikeStatus(spike("14:10", "14:40", { status: "expired" }), at("14:20:00")), "expired");
});

test("the next edge is the first start or end in the future", () => {
  const spikes = [spike("14:10", "14:40"), spike("15:00", "15:30")];
  assert.equal(getNextEdge(spikes, at("14:20:00")), at("14:40:00"));
  assert.equal(getNextEdge(spikes, at("14:40:00")), at("15:00:00"));
  assert.equal(getNextEdge(spikes, at("16:00:00")), Infinity);
  assert.equal(getNextEdge([], 0), Infinity);
});

test("a counter shows only overridden settings", () => {
  assert.equal(formatOverride(counter(["step_number"], { step_number: 40 })), "counts up by 40");
  const both = counter(["start_number", "step_number"], { start_number: 180, step_number: 12 });
  assert.equal(formatOverride({ ...both, value_type: "DECREMENT" }), "counts down from 180 by 12");
  assert.equal(formatOverride(counter(["reset_number"], {})), "counts up never resets");
  assert.equal(formatOverride(range), "random 90 to 100");
});

test("overrides show the old and the new value", () => {
  assert.deepEqual(formatChange(range), { now: "90–100", was: "18–35" });
  const step = counter(["step_number"], { step_number: 25 });
  assert.deepEqual(formatChange(step), { now: "+25 a poll", was: "+1" });
  const given = ["start_number", "step_number"];
  const both = counter(given, { start_number: 60, step_number: 4 }, { start_number: 10 });
  assert.deepEqual(formatChange(both), { now: "from 60, +4", was: "from 10, +1" });
});

test("fields are named if they are few and short", () => {
  const of = (...names) => formatFieldNames({ spike_fields: names.map((field_name) => ({ field_name })) });
  assert.equal(of("cpu", "mem_used"), "cpu, mem_used");
  assert.equal(of("a", "b", "c", "d"), "4 fields");
  assert.equal(of("a".repeat(60)), "1 field");
  assert.equal(of(), "nothing overridden");
});

test("extensions that do not fit say why", () => {
  const next = { name: "Flapping", ...spike("15:00", "15:20") };
  const found = getExtensions(spike("14:10", "14:40"), next, at("14:20:00"));
  assert.deepEqual(
    found.map(({ label, why, note }) => [label, why, note ?? ""]),
    [
      ["5 min", "", ""],
      ["15 min", "", ""],
      ["1 h", "“Flapping” starts at 15:00", ""],
      ["Up to the next window", "", "by 20 min, to 15:00"],
    ],
  );
  assert.equal(found[3].until, next.start_datetime);
});

test("a spike is extended to the next window if there is one and a gap before it", () => {
  const last = (next) => getExtensions(spike("14:10", "14:40"), next, at("14:20:00")).at(-1).why;
  assert.equal(last(null), "there is none");
  assert.equal(last({ name: "Flapping", ...spike("14:40", "15:20") }), "“Flapping” follows at once");
});

test("a poll is shown with its age in minutes", () => {
  assert.equal(formatPollTime("2026-11-24T14:00:00Z", at("14:00:59")), "just now");
  assert.equal(formatPollTime("2026-11-24T14:00:00Z", at("14:03:59")), "3 min ago");
  assert.equal(formatPollTime("2026-11-24T14:00:10Z", at("14:00:00")), "just now");
});
