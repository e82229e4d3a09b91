import assert from "node:assert/strict";
import { test } from "node:test";

import { parseExact } from "../../static/js/lib/exact-number.js";
import { getCollectionProperties, getAllCollectionProperties } from "../../static/js/lib/collection-properties.js";
import { getFieldProperties } from "../../static/js/lib/field-properties.js";
import { getKeyProperties } from "../../static/js/lib/key-properties.js";
import { getSpikeProperties } from "../../static/js/lib/spike-properties.js";
import { getUserProperties } from "../../static/js/lib/user-properties.js";
import { areEqual, compare, formatAuthors, getConflicts } from "../../static/js/lib/compare-versions.js";

const NOW = Date.parse("2026-11-27T10:00:00Z");
const FIELD = {
  field_name: "cpu",
  collection_type: "Performance",
  value_type: "NUMBER_RANGE",
  range_start_number: 5,
  range_end_number: 20,
};
const copy = (more) => ({
  original_field_id: 3,
  field_name: "cpu",
  value_type: "NUMBER_RANGE",
  overridden_settings: ["range_end_number"],
  range_start_number: 5,
  range_end_number: 90,
  ...more,
});
const SPIKE = {
  name: "Drill",
  start_datetime: "2026-11-27T11:00:00Z",
  end_datetime: "2026-11-27T12:00:00Z",
  spike_fields: [copy()],
};
const properties = (spike) => getSpikeProperties(spike, NOW);
const keysOf = (rows) => rows.map(({ key }) => key);

test("differences have the text of both versions", () => {
  const rows = compare(getFieldProperties(FIELD), getFieldProperties({ ...FIELD, field_name: "CPU", range_end_number: 2000 }));
  assert.deepEqual(rows, [
    { key: "field_name", label: "Name", mine: "cpu", theirs: "CPU" },
    { key: "range_end_number", label: "To", mine: "20", theirs: "2,000" },
  ]);
});

test("a form equals its item if only the notation of numbers and names differs", () => {
  const decimal = {
    ...FIELD,
    value_type: "FLOAT_RANGE",
    range_start_float: 0.5,
    range_end_float: 1,
    float_precision: 2,
  };
  const typed = { ...decimal, field_name: " cpu ", float_precision: null };
  assert.ok(areEqual(getFieldProperties(decimal), getFieldProperties(typed)));
  const counter = (start) => ({ ...FIELD, value_type: "INCREMENT", start_number: parseExact(start), step_number: 1 });
  const [digits, more] = ["123456789012.1234567891", "123456789012.1234567892"];
  assert.ok(areEqual(getFieldProperties(counter(digits)), getFieldProperties(counter(`${digits}0`))));
  assert.ok(!areEqual(getFieldProperties(counter(digits)), getFieldProperties(counter(more))));
});

test("a changed value type lists the settings of both types", () => {
  const counter = { ...FIELD, value_type: "INCREMENT", start_number: 0, step_number: 5, reset_number: null };
  const keys = keysOf(compare(getFieldProperties(FIELD), getFieldProperties(counter)));
  assert.ok(["value_type", "range_start_number", "start_number", "step_number"].every((key) => keys.includes(key)));
});

test("without changes by others there is no conflict", () => {
  assert.deepEqual(getConflicts(properties(SPIKE), properties(SPIKE), properties({ ...SPIKE, name: "Mine" })), []);
});

test("there is no conflict if the form has the same values as the server", () => {
  const saved = { ...SPIKE, name: "Mine", end_datetime: "2026-11-27T13:00:00Z" };
  assert.deepEqual(getConflicts(properties(SPIKE), properties(saved), properties(saved)), []);
});

test("a conflict marks others' changes and lists those of the form too", () => {
  const theirs = { ...SPIKE, end_datetime: "2026-11-27T13:00:00Z" };
  const rows = getConflicts(properties(SPIKE), properties(theirs), properties({ ...SPIKE, name: "Mine" }));
  assert.deepEqual(keysOf(rows), ["name", "end_datetime"]);
  assert.deepEqual(
    rows.map(({ isTheirs }) => isTheirs),
    [false, true],
  );
});

test("without a form every change by others is a conflict", () => {
  const rows = getConflicts(properties(SPIKE), properties({ ...SPIKE, spike_fields: [] }));
  assert.deepEqual(rows, [
    { key: "override 3", label: "cpu", mine: "random 5 to 90", theirs: "as usual", isTheirs: true },
  ]);
});

test("instants within the same second are shown with milliseconds", () => {
  const [row] = compare(properties(SPIKE), properties({ ...SPIKE, end_datetime: "2026-11-27T12:00:00.25Z" }));
  assert.notEqual(row.mine, row.theirs);
  assert.match(row.theirs, /12:00:00\.250 UTC/);
});

test("fields that are not overridden, and names of fields, are not properties of a spike", () => {
  const others = [copy(), copy({ original_field_id: 4, overridden_settings: [] })];
  assert.ok(areEqual(properties(SPIKE), properties({ ...SPIKE, spike_fields: others })));
  assert.ok(areEqual(properties(SPIKE), properties({ ...SPIKE, spike_fields: [copy({ field_name: "CPU" })] })));
});

test("fields are compared when a collection is deleted, not when it is renamed", () => {
  const one = { name: "Truck", owner_id: 1, owner: "ada", fields: [{ id: 1, ...FIELD }] };
  const more = { ...one, fields: [...one.fields, { ...FIELD, id: 2, field_name: "disk" }] };
  assert.ok(areEqual(getCollectionProperties(one), getCollectionProperties(more)));
  assert.deepEqual(
    compare(getAllCollectionProperties(one), getAllCollectionProperties(more)).map(({ label }) => label),
    ["Field “disk”"],
  );
});

test("a key's label, expiry and limits are compared, in any order of the limits", () => {
  const limit = (id, type) => ({ collection_id: id, collection_name: `C${id}`, collection_type: type });
  const key = { label: "Zabbix", expires_at: null, allowed_collections: [limit(1, null), limit(2, "Performance")] };
  const turned = { ...key, allowed_collections: [...key.allowed_collections].reverse() };
  assert.ok(areEqual(getKeyProperties(key, NOW), getKeyProperties(turned, NOW)));
  const [row] = compare(getKeyProperties(key, NOW), getKeyProperties({ ...key, allowed_collections: null }, NOW));
  assert.deepEqual([row.mine, row.theirs], ["C1, C2 (Performance)", "everything its owner can read"]);
  assert.deepEqual(
    keysOf(compare(getKeyProperties(key, NOW), getKeyProperties({ ...key, revoked_at: "2026-11-27T09:00:00Z" }, NOW))),
    ["revoked_at"],
  );
});

test("e-mail addresses are compared without case", () => {
  const ada = { username: "ada", email: "ada@example.org", role: "Admin" };
  assert.ok(areEqual(getUserProperties(ada), getUserProperties({ ...ada, email: "Ada@example.org" })));
});

test("authors since the page was loaded are listed once each", () => {
  const context = {
    since: Date.parse("2026-11-27T09:00:00Z"),
    me: "ada",
    now: NOW,
    ago: () => "a while ago",
  };
  const change = (by, at) => ({ by, at: `2026-11-27T${at}Z` });
  const changes = [change("bob", "09:58:00"), change("ada", "09:50:00"), change("bob", "09:40:00"), change("eve", "08:00:00")];
  const words = formatAuthors(changes, context);
  assert.match(words, /^Changed by bob a while ago \(\d\d:58\), you \(elsewhere\) a while ago \(\d\d:50\)\.$/);
  assert.equal(formatAuthors([], context), "Someone changed it after you opened it.");
});
