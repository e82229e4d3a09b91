import assert from "node:assert/strict";
import { test } from "node:test";

const { buildUrl, readUrl } = await import("../../static/js/lib/spike-filters.js");

const USUAL = { view: "table", status: "", result: "", collection: "", search: "", sort: "standing", page: 1 };

test("a URL without filters gives the defaults", () => {
  assert.deepEqual(readUrl(""), USUAL);
  assert.equal(buildUrl("/spikes", USUAL), "/spikes");
});

test("filters are read back from the URL that they make", () => {
  const filters = { view: "timeline", status: "past", result: "failed", collection: 3, search: "a & b", sort: "-name", page: 3 };
  assert.deepEqual(readUrl(buildUrl("/spikes", filters).slice("/spikes".length)), filters);
});

test("links to expired spikes show past ones", () => {
  assert.equal(readUrl("?status=expired").status, "past");
  assert.equal(readUrl("?status=past").status, "past");
});

test("invalid values in a URL are ignored", () => {
  assert.deepEqual(readUrl("?status=odd&collection=1e3&view=map&sort=owner&page=0"), USUAL);
  assert.deepEqual(readUrl("?collection=0"), USUAL);
});
