import assert from "node:assert/strict";
import { test } from "node:test";

process.env.TZ = "UTC";
const { formatSubject, buildChoices, formatDetails, formatAction, formatActor, formatCollection } = await import("../../static/js/lib/audit-format.js");

const NOW = Date.parse("2026-11-27T08:00:00Z");
const said = (given) => formatDetails({ details: given }, NOW);

test("actions are formatted as done or refused", () => {
  assert.equal(formatAction({ action: "sign-in", outcome: "done" }), "Signed in");
  assert.equal(formatAction({ action: "sign-in", outcome: "refused" }), "Sign-in");
  assert.equal(formatAction({ action: "from-a-later-version", outcome: "done" }), "from-a-later-version");
});

test("the actor is a user, the command line or the server", () => {
  assert.equal(formatActor({ actor_name: "ada", source: "127.0.0.1" }), "ada");
  assert.equal(formatActor({ actor_name: null, source: "command line" }), "Command line");
  assert.equal(formatActor({ actor_name: null, source: "server" }), "Server");
  assert.equal(formatActor({ actor_name: null, source: "203.0.113.7" }), "Not signed in");
});

test("a subject is shown by its name, or by its id if no name was recorded", () => {
  assert.equal(formatSubject({ thing_kind: "spike", thing_id: 7, thing_name: "Drill" }), "spike “Drill”");
  assert.equal(formatSubject({ thing_kind: "spike", thing_id: 7, thing_name: null }), "spike 7");
  assert.equal(formatSubject({ thing_kind: null, thing_id: null, thing_name: null }), "");
});

test("fields and spikes name their collection, a collection does not", () => {
  assert.equal(formatCollection({ thing_kind: "field", collection_name: "Truck 01" }), "in “Truck 01”");
  assert.equal(formatCollection({ thing_kind: "collection", collection_name: "Truck 01" }), "");
  assert.equal(formatCollection({ thing_kind: "user", collection_name: null }), "");
});

test("changes show both values if they were recorded", () => {
  const changed = { role: ["Editor", "Admin"], password: null };
  assert.equal(said({ changed }), "role: Editor → Admin; password");
});

test("settings have the names of the pages", () => {
  const changed = { spike_fields: null, allowed_collections: null, range_end_number: null };
  assert.equal(said({ changed }), "overrides; collections; range end number");
  assert.equal(said({ value_type: "NUMBER_RANGE" }), "value type: random integer");
});

test("instants are in the viewer's time zone", () => {
  const changed = { end_datetime: ["2026-11-27T09:00:00Z", "2026-11-28T09:00:00Z"] };
  assert.equal(said({ changed }), "end: Today 09:00 → Sat 28 Nov 09:00");
  assert.equal(said({ changed: { expires_at: [null, "2026-11-27T09:00:00Z"] } }), "expires at: none → Today 09:00");
});

test("a spike's window and overrides", () => {
  const window = { start_datetime: "2026-11-27T08:00:00Z", end_datetime: "2026-11-27T09:00:00Z" };
  assert.equal(said({ ...window, overrides: ["cpu", "disk"] }), "Today 08:00–09:00; overrides cpu, disk");
  assert.equal(said({ ...window, overrides: [] }), "Today 08:00–09:00; overrides nothing");
});

test("other details are formatted", () => {
  assert.equal(said({ request: "GET /users", as: "Viewer" }), "GET /users; as Viewer");
  assert.equal(said({ why: "wrong password" }), "wrong password");
  assert.equal(said({ address: "203.0.113.7" }), "the one from 203.0.113.7");
  assert.equal(said({ ended: 2 }), "2 ended");
  assert.equal(said({ original: { id: 3, name: "Truck 01" } }), "from “Truck 01”");
  assert.equal(said({ expires_at: null, is_limited: true }), "limited to collections");
  assert.equal(said({}), "");
});

test("the filter offers each kind and each action", () => {
  const [signing, users, keys] = buildChoices();
  assert.ok(signing.choices.every((each) => !each.what.startsWith("about:")));
  assert.deepEqual(users.choices[0], { what: "about:user", label: "All about users" });
  assert.deepEqual(keys.choices[0], { what: "about:key", label: "All about API keys" });
  assert.ok(users.choices.some((each) => each.what === "change-user"));
});

test("names that are also properties of objects are shown unchanged", () => {
  const words = (before, after) => said({ changed: { name: [before, after] } });
  for (const name of ["constructor", "__proto__", "toString", "hasOwnProperty", "INCREMENT", "TEXT_FIXED"])
    assert.equal(words("cpu", name), `name: cpu → ${name}`);
  assert.equal(said({ changed: { value_type: ["INCREMENT", "NUMBER_FIXED"] } }), "value type: counts up → fixed integer");
});

test("changed overrides show their old values, by field", () => {
  const changed = {
    spike_fields: [
      { cpu: { range_end_number: 90 } },
      { cpu: { range_end_number: 95 }, km: { reset_number: null, step_number: "1000000.1234567891" } },
    ],
  };
  assert.equal(
    formatDetails({ details: { changed } }, Date.now()),
    "overrides: cpu: range end 90 → range end 95; km: as usual → reset none, step 1000000.1234567891",
  );
});
