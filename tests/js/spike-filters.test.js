import assert from "node:assert/strict";
import { test } from "node:test";

const { buildUrl, readUrl } = await import("../../static/js/lib/spike-filters.js");

const USUAL = { view: "table", status: "", collection: "", search: "", sort: "standing", page: 1 };

test("an address without filters is as usual", () => {
  assert.deepEqual(readUrl(""), USUAL);
  assert.equal(buildUrl("/spikes", USUAL), "/spikes");
});

test("there and back", () => {
  const filters = { view: "timeline", status: "scheduled", collection: 3, search: "a & b", sort: "-name", page: 3 };
  assert.deepEqual(readUrl(buildUrl("/spikes", filters).slice("/spikes".length)), filters);
});

test("what makes no sense is as if it was not there", () => {
  assert.deepEqual(readUrl("?status=odd&collection=1e3&view=map&sort=owner&page=0"), USUAL);
  assert.deepEqual(readUrl("?collection=0"), USUAL);
});
