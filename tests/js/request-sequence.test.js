import assert from "node:assert/strict";
import { test } from "node:test";

const { requestSequence } = await import("../../static/js/lib/request-sequence.js");

test("the answer to the last question counts", () => {
  const ask = requestSequence();
  assert.equal(ask()(), false);
});

test("an answer is late once a later question was asked, whichever comes first", () => {
  const ask = requestSequence();
  const [first, second] = [ask(), ask()];
  assert.equal(second(), false);
  assert.equal(first(), true);
});

test("questions of another kind do not matter", () => {
  const [one, other] = [requestSequence(), requestSequence()];
  const isStale = one();
  other();
  assert.equal(isStale(), false);
});
