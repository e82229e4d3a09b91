import assert from "node:assert/strict";
import { test } from "node:test";

const { newest } = await import("../../static/js/lib/newest.js");

test("the answer to the last question counts", () => {
  const ask = newest();
  assert.equal(ask()(), false);
});

test("an answer is late once a later question was asked, whichever comes first", () => {
  const ask = newest();
  const [first, second] = [ask(), ask()];
  assert.equal(second(), false);
  assert.equal(first(), true);
});

test("questions of another kind do not matter", () => {
  const [one, other] = [newest(), newest()];
  const isLate = one();
  other();
  assert.equal(isLate(), false);
});
