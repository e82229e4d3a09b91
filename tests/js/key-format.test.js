import assert from "node:assert/strict";
import { test } from "node:test";

process.env.TZ = "Europe/Berlin";
const keys = await import("../../static/js/lib/key-format.js");
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

test("the access of a key is summarized", () => {
  assert.equal(keys.formatAccess(keyWith(null)), "Everything I can read");
  assert.equal(keys.formatAccess(keyWith(null), false), "Everything its owner can read");
  assert.equal(keys.formatAccess(keyWith([])), "Nothing");
  assert.equal(keys.formatAccess(keyWith([limit(1, "Truck")])), "Truck");
  assert.equal(keys.formatAccess(keyWith([limit(1, "Truck", "Performance")])), "Truck Performance");
  assert.equal(
    keys.formatAccess(keyWith([limit(1, "Truck", "Configuration"), limit(1, "Truck", "Performance")])),
    "Truck",
  );
  assert.equal(
    keys.formatAccess(keyWith([limit(1, "Truck"), limit(2, "Van"), limit(3, "Bus")])),
    "Truck, 2 more",
  );
});

test("a key with limits reads only those collections", () => {
  const key = keyWith([limit(1, "Truck"), limit(2, "Van", "Performance")]);
  assert.ok(keys.canRead(key, 1, "Configuration"));
  assert.ok(keys.canRead(key, 2, "Performance"));
  assert.ok(!keys.canRead(key, 2, "Configuration"));
  assert.ok(!keys.canRead(key, 3, "Performance"));
  assert.ok(!keys.canRead(keyWith([]), 1, "Performance"));
  assert.ok(keys.canRead(keyWith(null), 3, "Performance"));
});

test("the expiry of a key is formatted", () => {
  const ending = (expires_at, more = {}) => keyWith(null, { expires_at, ...more });
  const words = (expires_at) => keys.formatExpiry(ending(expires_at), NOW);
  assert.equal(words(null), "never");
  assert.equal(words("2026-12-06T13:00:00Z"), "in 12 days");
  assert.equal(words("2026-11-24T13:30:00Z"), "in 30 min");
  assert.equal(words("2027-03-31T12:00:00Z"), "Wed 31 Mar 2027");
  assert.equal(words("2026-11-21T13:00:00Z"), "3 days ago");
  assert.equal(keys.getKeyStatus(ending("2026-11-24T13:00:00Z"), NOW), "expired");
  assert.equal(keys.getKeyStatus(ending("2026-11-24T13:00:01Z"), NOW), "valid");
  assert.equal(keys.getKeyStatus(ending(null, { revoked_at: "2026-11-01T00:00:00Z" }), NOW), "revoked");
  assert.ok(keys.expiresSoon(ending("2026-12-08T13:00:00Z"), NOW));
  assert.ok(!keys.expiresSoon(ending("2026-12-08T13:00:01Z"), NOW));
  assert.ok(!keys.expiresSoon(ending("2026-11-24T12:00:00Z"), NOW));
  assert.ok(!keys.expiresSoon(ending(null), NOW));
});

test("a key expires at the end of its last day in the viewer's time zone", () => {
  assert.equal(keys.toExpiry("never", "", NOW), null);
  assert.equal(keys.toExpiry("30", "", NOW), "2026-12-24T22:59:00.000Z");
  assert.equal(keys.toExpiry("date", "2027-07-01", NOW), "2027-07-01T21:59:00.000Z");
  assert.equal(keys.toDateInput("2027-07-01T21:59:00Z"), "2027-07-01");
  assert.equal(keys.parseDate("2027-02-30x"), null);
  assert.equal(keys.parseDate(""), null);
});

test("the checksum reveals a mistyped key", () => {
  const body = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
  const key = `spk_${body}${keys.checksum(body)}`;
  assert.equal(keys.checksum(body), "1ggZdL"); // by the server's own rule
  assert.ok(keys.isWellFormed(key));
  assert.ok(!keys.isWellFormed(key.replace("5", "6")));
  assert.ok(!keys.isWellFormed(key.slice(0, -1)));
  assert.ok(!keys.isWellFormed(` ${key}`));
});

test("both types of a collection become one limit", () => {
  const truck = { id: 7, name: "Truck" };
  let chosen = form.toggleLimit({}, truck, "Configuration");
  assert.deepEqual(chosen, { 7: { name: "Truck", types: ["Configuration"] } });
  assert.deepEqual(form.toLimits({ limited: true, chosen }), [
    { collection_id: 7, collection_type: "Configuration" },
  ]);
  chosen = form.toggleLimit(chosen, truck, "Performance");
  assert.deepEqual(form.toLimits({ limited: true, chosen }), [{ collection_id: 7, collection_type: null }]);
  assert.equal(form.toLimits({ limited: false, chosen }), null);
  chosen = form.toggleLimit(form.toggleLimit(chosen, truck, "Performance"), truck, "Configuration");
  assert.deepEqual(chosen, {});
});

test("only changes of a key are sent", () => {
  const before = form.toForm(keyWith([limit(7, "Truck")], { expires_at: "2026-11-01T10:11:12Z" }));
  assert.deepEqual(form.toBody({ ...before, label: " New " }, before, NOW), { label: "New" });
  assert.deepEqual(form.validate({ ...before }, before, NOW), {}); // an expired key may keep its end
  assert.deepEqual(form.toBody({ ...before, limited: false }, before, NOW), {
    label: "Grafana",
    allowed_collections: null,
  });
  assert.deepEqual(form.toBody({ ...before, expiry: "never" }, before, NOW), {
    label: "Grafana",
    expires_at: null,
  });
  assert.deepEqual(form.toBody(form.toForm(null), null, NOW), {
    label: "",
    expires_at: null,
    allowed_collections: null,
  });
});

test("errors are returned by input", () => {
  const wrong = { label: " ", expiry: "date", date: "", limited: true, chosen: {} };
  assert.deepEqual(Object.keys(form.validate(wrong, null, NOW)), [
    "label",
    "expires_at",
    "allowed_collections",
  ]);
  assert.deepEqual(form.validate({ ...wrong, label: "a", date: "2026-11-23", limited: false }, null, NOW), {
    expires_at: "Must not be in the past.",
  });
  const chosen = { 7: { name: "Truck", types: ["Performance", "Configuration"] } };
  const faults = { "allowed_collections.0.collection_id": "There is no collection 7." };
  assert.match(form.getLimitsError(faults, { limited: true, chosen }), /“Truck” was deleted/);
  assert.equal(form.getLimitsError({}, { limited: true, chosen }), "");
});
