import assert from "node:assert/strict";
import { test } from "node:test";

const { requestSequence } = await import("../../static/js/lib/request-sequence.js");

test("the response to the last request is current", () => {
  const ask = requestSequence();
  assert.equal(ask()(), false);
});

test("a response is stale after a later request, in any order of arrival", () => {
  const ask = requestSequence();
  const [first, second] = [ask(), ask()];
  assert.equal(second(), false);
  assert.equal(first(), true);
});

test("sequences are independent of each other", () => {
  const [one, other] = [requestSequence(), requestSequence()];
  const isStale = one();
  other();
  assert.equal(isStale(), false);
});
