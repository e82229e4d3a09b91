import assert from "node:assert/strict";
import { test } from "node:test";

const { buildUrl, readUrl, toQuery, getDefaults } = await import("../../static/js/lib/audit-filters.js");

const NOW = Date.parse("2026-11-27T08:00:00Z");
const query = (filters) =>
  Object.fromEntries(Object.entries(toQuery({ ...getDefaults(), ...filters }, NOW)).filter(([, value]) => value !== ""));

test("a URL without filters gives the defaults", () => {
  assert.deepEqual(readUrl(""), getDefaults());
  assert.equal(buildUrl("/audit", getDefaults()), "/audit");
});

test("filters are read back from the URL that they make", () => {
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

test("a URL has instants in UTC, so that it means the same in every time zone", () => {
  const filters = { ...getDefaults(), period: "between", since: "2026-11-27T08:00", until: "2026-11-27T09:00:30" };
  const told = new URLSearchParams(buildUrl("", filters).slice(1));
  assert.equal(new Date(told.get("since")).getTime(), new Date("2026-11-27T08:00").getTime());
  assert.match(told.get("since"), /^2026-11-2[678]T\d\d:\d\dZ$/);
  assert.match(told.get("until"), /:30Z$/);
});

test("an instant without a time zone in a URL is ignored", () => {
  assert.equal(readUrl("?period=between&since=2026-11-27T08:00").since, "");
});

test("invalid values in a URL are ignored", () => {
  assert.deepEqual(readUrl("?outcome=odd&who=0&what=A&thing=ship+1&period=year&since=soon"), getDefaults());
});

test("without filters the request has no parameters", () => {
  assert.deepEqual(query({}), {});
});

test("the filter “who” is a user's id, or the command line or the server", () => {
  assert.deepEqual(query({ who: "3" }), { actor_id: "3" });
  assert.deepEqual(query({ who: "command line" }), { source: "command line" });
});

test("the filter “what” is one action, or all actions on one kind", () => {
  assert.deepEqual(query({ what: "change-user" }), { action: "change-user" });
  assert.deepEqual(query({ what: "about:user" }), { thing_kind: "user" });
});

test("a filter for a collection includes its fields and spikes", () => {
  assert.deepEqual(query({ thing: "spike 7" }), { thing_kind: "spike", thing_id: "7" });
  assert.deepEqual(query({ thing: "collection 3" }), { collection_id: "3" });
});

test("a filter for one item replaces the filter for its kind", () => {
  assert.deepEqual(query({ thing: "spike 7", what: "about:user" }).thing_kind, "spike");
});

test("a period ends now", () => {
  assert.deepEqual(query({ period: "day" }), { since: "2026-11-26T08:00:00.000Z" });
});

test("a custom period has a start, an end or both", () => {
  const since = "2026-11-27T08:00";
  const expected = new Date(since).toISOString();
  assert.deepEqual(query({ period: "between", since }), { since: expected });
  assert.deepEqual(query({ period: "", since }), {});
});
