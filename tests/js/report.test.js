import assert from "node:assert/strict";
import { test } from "node:test";

process.env.TZ = "UTC";
const lib = "../../static/js/lib";
const { toSpike, isOver, getServedEnd } = await import(`${lib}/rehearsal-spike.js`);
const { buildKeyRows, buildServedRows, formatInterval, formatPolls, formatSeconds } = await import(`${lib}/report-format.js`);
const { buildGlance } = await import(`${lib}/report-glance.js`);
const { formatCollision } = await import(`${lib}/run-again.js`);
const { fromJson } = await import(`${lib}/exact-number.js`);

const cpu = {
  field_id: 12,
  field_name: "cpu",
  value_type: "NUMBER_RANGE",
  settings: { range_start_number: 90, range_end_number: 100 },
  normal: { range_start_number: 18, range_end_number: 35 },
};
const km = {
  field_id: 13,
  field_name: "km",
  value_type: "INCREMENT",
  settings: { step_number: 25 },
  normal: { start_number: 0, step_number: 1, reset_number: null, randomization_percentage: null },
};
const poll = (more = {}) => ({
  api_key_id: 5,
  label: "Prometheus",
  polls: 4,
  first_polled_at: "2026-11-24T14:10:03.500000Z",
  first_after: 3.5,
  last_polled_at: "2026-11-24T14:19:48Z",
  times: [3.5, 18.5, 33.5, 588],
  minutes: [],
  served: { cpu: { min: 91, max: 99, last: 95 } },
  after: null,
  ...more,
});
const record = (more = {}) => ({
  id: 81,
  collection_id: 3,
  collection_name: "Truck 01",
  spike_schedule_id: 7,
  name: "Overheating",
  start_datetime: "2026-11-24T14:10:00Z",
  end_datetime: "2026-11-24T14:20:00Z",
  state: "observed",
  is_scheduled: true,
  cancelled_at: null,
  counters_after: null,
  unchanged_fields: 2,
  overrides: [cpu],
  polls: [],
  ...more,
});
const at = (time) => Date.parse(`2026-11-24T${time}Z`);

test("a record is a spike with the overridden copies, as the other modules take it", () => {
  const spike = toSpike(record({ state: "running" }));
  assert.equal(spike.id, 7);
  assert.equal(spike.status, "active");
  const [copy] = spike.spike_fields;
  assert.deepEqual(copy.overridden_settings, ["range_start_number", "range_end_number"]);
  assert.equal(copy.range_start_number, 90);
  assert.equal(copy.original.range_start_number, 18);
});

test("a spike is over at its end, and when it was deleted before", () => {
  assert.equal(isOver(record(), at("14:19:59")), false);
  assert.equal(isOver(record(), at("14:20:00")), true);
  assert.equal(isOver(record({ cancelled_at: "2026-11-24T14:00:00Z" }), at("14:05:00")), true);
});

test("what was served ends when the spike is deleted, but not before its start", () => {
  assert.equal(getServedEnd(record()), at("14:20:00"));
  assert.equal(getServedEnd(record({ cancelled_at: "2026-11-24T14:12:00Z" })), at("14:12:00"));
  assert.equal(getServedEnd(record({ cancelled_at: "2026-11-24T14:00:00Z" })), at("14:10:00"));
});

test("what was served stands beside what was set and what is normal", () => {
  const polls = [poll(), poll({ served: { cpu: { min: 88, max: 97, last: 90 } }, after: { cpu: 20 } })];
  const [row] = buildServedRows(record({ polls }));
  assert.deepEqual(
    [row.name, row.was, row.set, row.served, row.after],
    ["cpu", "18–35", "90–100", "88–99", "20"],
  );
});

test("a counter shows its way, in its direction", () => {
  const served = (more = {}) => {
    const polls = [poll({ served: { km: { min: 35, max: 260, last: 260 } } })];
    return buildServedRows(record({ overrides: [{ ...km, ...more }], polls }))[0].served;
  };
  assert.equal(served(), "35 → 260");
  assert.equal(served({ value_type: "DECREMENT" }), "260 → 35");
});

test("a value that never changed and negative values are readable", () => {
  const served = (min, max) => buildServedRows(record({ polls: [poll({ served: { cpu: { min, max, last: max } } })] }))[0].served;
  assert.equal(served(70, 70), "70");
  assert.equal(served(-5, 3), "-5 to 3");
  assert.equal(served(1000, 2500.5), "1,000–2,500.5");
});

test("fields named like properties of objects have no values of their own", () => {
  const overrides = ["__proto__", "constructor", "toString"].map((field_name) => ({ ...cpu, field_name }));
  const rows = buildServedRows(record({ overrides, polls: [poll()] }));
  assert.deepEqual(rows.map(({ served, after }) => served + after), ["", "", ""]);
  const polls = fromJson('[{"served": {"__proto__": {"min": 1, "max": 2, "last": 2}}, "after": {"__proto__": 9}}]');
  const [row] = buildServedRows(record({ overrides, polls }));
  assert.deepEqual([row.served, row.after], ["1–2", "9"]);
});

test("seconds after the start have a decimal while they are few", () => {
  assert.deepEqual([0, 3.54, 9.96, 41.2, 125, 3700].map(formatSeconds), ["0 s", "3.5 s", "10 s", "41 s", "2 min 5 s", "1 h 1 min"]);
});

test("the usual interval of a key is told once it can be known", () => {
  assert.equal(formatInterval(poll({ times: [3, 18, 33, 93] })), "every 15 s");
  assert.equal(formatInterval(poll({ polls: 2, times: [3, 18] })), "2 polls");
  assert.equal(formatInterval(poll({ times: [1, 1.2, 1.4] })), "several a second");
});

test("the keys of other users are told without their names", () => {
  const [own, foreign] = buildKeyRows(record({ polls: [poll(), poll({ label: null, api_key_id: null })] }), at("15:00:00"));
  assert.deepEqual([own.label, own.polls, own.first, own.last], ["Prometheus", "4", "3.5 s", "14:19:48"]);
  assert.deepEqual([foreign.label, foreign.isForeign], ["Another user’s key", true]);
  assert.equal(formatPolls(record({ polls: [poll(), poll()] })), "8 polls by 2 keys");
});

test("at a glance: who saw it and what they got", () => {
  const glance = buildGlance(record({ polls: [poll({ after: { cpu: 20 } })] }), "expired");
  assert.deepEqual([glance.label, glance.value, glance.note], ["Seen by", "1 key", "4 polls in the window"]);
  assert.deepEqual(
    glance.facts.map(({ label, value, note }) => [label, value, note]),
    [
      ["First poll", "3.5 s", "after the start"],
      ["Served", "91–99", "cpu, normally 18–35"],
      ["Afterwards", "20", "cpu"],
    ],
  );
});

test("at a glance: nobody looked", () => {
  assert.match(buildGlance(record(), "expired").note, /Nobody polled in the window/);
  assert.match(buildGlance(record({ state: "running" }), "active").facts[0].note, /Nobody has polled yet/);
  assert.deepEqual(buildGlance(record({ state: "scheduled" }), "scheduled").facts, []);
});

test("at a glance: cancelled before or after its start", () => {
  const cancelled = (cancelled_at) => buildGlance(record({ state: "cancelled", cancelled_at }), "expired").value;
  assert.equal(cancelled("2026-11-24T14:00:00Z"), "10 min before its start");
  assert.equal(cancelled("2026-11-24T14:12:00Z"), "2 min after its start");
});

test("a collision names what is in the way, and the next free time", () => {
  const other = { id: 9, name: "Flapping", start_datetime: "2026-11-24T15:00:00Z", end_datetime: "2026-11-24T15:20:00Z" };
  const found = formatCollision({ conflicts: [other, other], next_free_start: "2026-11-24T15:20:00Z" }, at("15:05:00"));
  assert.equal(found.text, "“Flapping” and 1 more is in the way: 15:00–15:20.");
  assert.equal(found.verb, "Run it at 15:20");
  assert.equal(formatCollision({ conflicts: [other], next_free_start: null }, at("15:05:00")).free, "");
});
