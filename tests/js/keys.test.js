import assert from "node:assert/strict";
import { test } from "node:test";

process.env.TZ = "Europe/Berlin";
const keys = await import("../../static/js/lib/keys.js");
const form = await import("../../static/js/lib/key-form.js");

const NOW = Date.parse("2026-11-24T13:00:00Z");
const limit = (id, name, type = null) => ({
  collection_id: id,
  collection_name: name,
  collection_type: type,
});
const keyWith = (limits, more = {}) => ({
  label: "Grafana",
  allowed_collections: limits,
  expires_at: null,
  ...more,
});

test("what a key reads, in few words", () => {
  assert.equal(keys.readsWords(keyWith(null)), "All of mine");
  assert.equal(keys.readsWords(keyWith(null), false), "All of its owner’s");
  assert.equal(keys.readsWords(keyWith([])), "Nothing");
  assert.equal(keys.readsWords(keyWith([limit(1, "Truck")])), "Truck");
  assert.equal(keys.readsWords(keyWith([limit(1, "Truck", "Performance")])), "Truck Performance");
  assert.equal(
    keys.readsWords(keyWith([limit(1, "Truck", "Configuration"), limit(1, "Truck", "Performance")])),
    "Truck",
  );
  assert.equal(
    keys.readsWords(keyWith([limit(1, "Truck"), limit(2, "Van"), limit(3, "Bus")])),
    "Truck, 2 more",
  );
});

test("a key with limits reads those alone", () => {
  const key = keyWith([limit(1, "Truck"), limit(2, "Van", "Performance")]);
  assert.ok(keys.reads(key, 1, "Configuration"));
  assert.ok(keys.reads(key, 2, "Performance"));
  assert.ok(!keys.reads(key, 2, "Configuration"));
  assert.ok(!keys.reads(key, 3, "Performance"));
  assert.ok(!keys.reads(keyWith([]), 1, "Performance"));
  assert.ok(keys.reads(keyWith(null), 3, "Performance"));
});

test("when a key ends", () => {
  const ending = (expires_at, more = {}) => keyWith(null, { expires_at, ...more });
  const words = (expires_at) => keys.expiryWords(ending(expires_at), NOW);
  assert.equal(words(null), "never");
  assert.equal(words("2026-12-06T13:00:00Z"), "in 12 days");
  assert.equal(words("2026-11-24T13:30:00Z"), "in 30 min");
  assert.equal(words("2027-03-31T12:00:00Z"), "Wed 31 Mar 2027");
  assert.equal(words("2026-11-21T13:00:00Z"), "3 days ago");
  assert.equal(keys.keyStatus(ending("2026-11-24T13:00:00Z"), NOW), "expired");
  assert.equal(keys.keyStatus(ending("2026-11-24T13:00:01Z"), NOW), "valid");
  assert.equal(keys.keyStatus(ending(null, { revoked_at: "2026-11-01T00:00:00Z" }), NOW), "revoked");
  assert.ok(keys.endsSoon(ending("2026-12-08T13:00:00Z"), NOW));
  assert.ok(!keys.endsSoon(ending("2026-12-08T13:00:01Z"), NOW));
  assert.ok(!keys.endsSoon(ending("2026-11-24T12:00:00Z"), NOW));
  assert.ok(!keys.endsSoon(ending(null), NOW));
});

test("a choice of days ends with the last of them, in the viewer's zone", () => {
  assert.equal(keys.endOf("never", "", NOW), null);
  assert.equal(keys.endOf("30", "", NOW), "2026-12-24T22:59:00.000Z");
  assert.equal(keys.endOf("date", "2027-07-01", NOW), "2027-07-01T21:59:00.000Z");
  assert.equal(keys.toDateInput("2027-07-01T21:59:00Z"), "2027-07-01");
  assert.equal(keys.dateOf("2027-02-30x"), null);
  assert.equal(keys.dateOf(""), null);
});

test("a mistyped key is told by its checksum", () => {
  const body = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
  const key = `spk_${body}${keys.checksum(body)}`;
  assert.equal(keys.checksum(body), "1ggZdL"); // by the server's own rule
  assert.ok(keys.isWellFormed(key));
  assert.ok(!keys.isWellFormed(key.replace("5", "6")));
  assert.ok(!keys.isWellFormed(key.slice(0, -1)));
  assert.ok(!keys.isWellFormed(` ${key}`));
});

test("ticks become entries, both types of one collection a single one", () => {
  const truck = { id: 7, name: "Truck" };
  let chosen = form.ticked({}, truck, "Configuration");
  assert.deepEqual(chosen, { 7: { name: "Truck", types: ["Configuration"] } });
  assert.deepEqual(form.limitsOf({ limited: true, chosen }), [
    { collection_id: 7, collection_type: "Configuration" },
  ]);
  chosen = form.ticked(chosen, truck, "Performance");
  assert.deepEqual(form.limitsOf({ limited: true, chosen }), [{ collection_id: 7, collection_type: null }]);
  assert.equal(form.limitsOf({ limited: false, chosen }), null);
  chosen = form.ticked(form.ticked(chosen, truck, "Performance"), truck, "Configuration");
  assert.deepEqual(chosen, {});
});

test("only what was changed about a key is sent", () => {
  const before = form.formOf(keyWith([limit(7, "Truck")], { expires_at: "2026-11-01T10:11:12Z" }));
  assert.deepEqual(form.bodyOf({ ...before, label: " New " }, before, NOW), { label: "New" });
  assert.deepEqual(form.faultsOf({ ...before }, before, NOW), {}); // an expired key may keep its end
  assert.deepEqual(form.bodyOf({ ...before, limited: false }, before, NOW), {
    label: "Grafana",
    allowed_collections: null,
  });
  assert.deepEqual(form.bodyOf({ ...before, expiry: "never" }, before, NOW), {
    label: "Grafana",
    expires_at: null,
  });
  assert.deepEqual(form.bodyOf(form.formOf(null), null, NOW), {
    label: "",
    expires_at: null,
    allowed_collections: null,
  });
});

test("what is wrong stands at its input", () => {
  const wrong = { label: " ", expiry: "date", date: "", limited: true, chosen: {} };
  assert.deepEqual(Object.keys(form.faultsOf(wrong, null, NOW)), [
    "label",
    "expires_at",
    "allowed_collections",
  ]);
  assert.deepEqual(form.faultsOf({ ...wrong, label: "a", date: "2026-11-23", limited: false }, null, NOW), {
    expires_at: "Must not be in the past.",
  });
  const chosen = { 7: { name: "Truck", types: ["Performance", "Configuration"] } };
  const faults = { "allowed_collections.0.collection_id": "There is no collection 7." };
  assert.match(form.limitsFault(faults, { limited: true, chosen }), /“Truck” is gone/);
  assert.equal(form.limitsFault({}, { limited: true, chosen }), "");
});
