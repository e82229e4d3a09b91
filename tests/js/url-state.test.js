import assert from "node:assert/strict";
import { test } from "node:test";

const { flag, ID, urlState, oneOf, PAGE, SEARCH, sortedBy } = await import("../../static/js/lib/url-state.js");

const { getDefaults, readUrl, buildUrl } = urlState({
  role: oneOf(["", "Admin", "Viewer"]),
  onlyMine: flag("owner", "all", true),
  collection: ID,
  search: SEARCH,
  sort: sortedBy(["name", "owner"]),
  page: PAGE,
});

test("default values are not in the URL", () => {
  assert.equal(buildUrl("/users", getDefaults()), "/users");
  assert.deepEqual(readUrl(""), getDefaults());
});

test("values are read back from the URL", () => {
  const state = { role: "Viewer", onlyMine: false, collection: 7, search: "ä & b=c", sort: "-owner", page: 12 };
  assert.deepEqual(readUrl(buildUrl("/users", state).slice("/users".length)), state);
});

test("invalid values in a URL are ignored", () => {
  const odd = "?role=King&owner=maybe&collection=0&sort=id&page=-1&page=2&more=1";
  assert.deepEqual(readUrl(odd), getDefaults());
  assert.deepEqual(readUrl("?page=1e3&collection=12345678901"), getDefaults());
});

test("a search is cut to what an input takes, between characters", () => {
  assert.equal([...readUrl(`?search=${encodeURIComponent("😀".repeat(300))}`).search].length, 255);
});
