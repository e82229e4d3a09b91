import assert from "node:assert/strict";
import { test } from "node:test";

const { buildUrl, readUrl, toQuery, getDefaults } = await import("../../static/js/lib/audit-filters.js");

const NOW = Date.parse("2026-11-27T08:00:00Z");
const query = (filters) =>
  Object.fromEntries(Object.entries(toQuery({ ...getDefaults(), ...filters }, NOW)).filter(([, value]) => value !== ""));

test("an address without filters is as usual", () => {
  assert.deepEqual(readUrl(""), getDefaults());
  assert.equal(buildUrl("/audit", getDefaults()), "/audit");
});

test("there and back", () => {
  const filters = {
    outcome: "refused",
    who: "command line",
    what: "about:spike",
    thing: "spike 7",
    period: "between",
    since: "2026-11-27T08:00",
    until: "2026-11-27T09:00",
    search: "a & b",
    sort: "id",
    page: 2,
  };
  assert.deepEqual(readUrl(buildUrl("/audit", filters).slice("/audit".length)), filters);
});

test("an address tells instants in UTC, so that it means the same in every zone", () => {
  const filters = { ...getDefaults(), period: "between", since: "2026-11-27T08:00", until: "2026-11-27T09:00:30" };
  const told = new URLSearchParams(buildUrl("", filters).slice(1));
  assert.equal(new Date(told.get("since")).getTime(), new Date("2026-11-27T08:00").getTime());
  assert.match(told.get("since"), /^2026-11-2[678]T\d\d:\d\dZ$/);
  assert.match(told.get("until"), /:30Z$/);
});

test("an instant without a zone makes no sense in an address", () => {
  assert.equal(readUrl("?period=between&since=2026-11-27T08:00").since, "");
});

test("what makes no sense is as if it was not there", () => {
  assert.deepEqual(readUrl("?outcome=odd&who=0&what=A&thing=ship+1&period=year&since=soon"), getDefaults());
});

test("without filters nothing is asked for", () => {
  assert.deepEqual(query({}), {});
});

test("who is a user by id, or what acts without one", () => {
  assert.deepEqual(query({ who: "3" }), { actor_id: "3" });
  assert.deepEqual(query({ who: "command line" }), { source: "command line" });
});

test("what is an action, or all about a kind of thing", () => {
  assert.deepEqual(query({ what: "change-user" }), { action: "change-user" });
  assert.deepEqual(query({ what: "about:user" }), { thing_kind: "user" });
});

test("one thing; of a collection, what is in it as well", () => {
  assert.deepEqual(query({ thing: "spike 7" }), { thing_kind: "spike", thing_id: "7" });
  assert.deepEqual(query({ thing: "collection 3" }), { collection_id: "3" });
});

test("one thing of a kind that is asked for is of its own kind", () => {
  assert.deepEqual(query({ thing: "spike 7", what: "about:user" }).thing_kind, "spike");
});

test("a period reaches back from now", () => {
  assert.deepEqual(query({ period: "day" }), { since: "2026-11-26T08:00:00.000Z" });
});

test("a period between two instants; one of them is enough", () => {
  const since = "2026-11-27T08:00";
  const expected = new Date(since).toISOString();
  assert.deepEqual(query({ period: "between", since }), { since: expected });
  assert.deepEqual(query({ period: "", since }), {});
});
