// The lines of a live sample in other formats than JSON.

import assert from "node:assert/strict";
import { test } from "node:test";

import { splitLines } from "../../static/js/lib/sample-formats.js";

test("each line of a body is one line, without an empty one at the end", () => {
  assert.deepEqual(
    splitLines("a,b\r\n1,2\r\n").map(({ value }) => value),
    ["a,b", "1,2"],
  );
});

test("the samples of spiked series are marked, and no other lines", () => {
  const body = "# HELP cpu cpu\ncpu 97\ncpu_total 3\ncpu2 4\n";
  const marked = splitLines(body, ["cpu"]).filter(({ spiked }) => spiked);
  assert.deepEqual(
    marked.map(({ value }) => value),
    ["cpu 97"],
  );
});
