import assert from "node:assert/strict";
import { test } from "node:test";

import {
  compareNumbers,
  fromJson,
  isExactNumber,
  multiply,
  parseExact,
  toJson,
  toPlainDecimal,
} from "../../static/js/lib/exact-number.js";

const MANY = "9007199254740991.0123456789";

test("a numeral that a double holds exactly is a number, another keeps its digits", () => {
  for (const text of ["0", "-5", "0.1", "0.10", "1e3", "1e-7", "9007199254740991", "1200.0", "0.0000000001"])
    assert.equal(parseExact(text), Number(text), text);
  for (const text of [MANY, "-9007199254740991.5", "0.12345678901234567891", "9007199254740993"])
    assert.ok(isExactNumber(parseExact(text)), text);
  assert.equal(String(parseExact(MANY)), MANY);
  assert.equal(parseExact(`+0${MANY}00`), parseExact(MANY));
});

test("numerals are normalized: no exponent, no redundant zeros", () => {
  const plain = { "1e3": "1000", "12.50": "12.5", "-0.0": "0", "1.5e-3": "0.0015", "00.5": "0.5", ".5": "0.5", "5.": "5", "1.23e1": "12.3" };
  for (const [text, expected] of Object.entries(plain)) assert.equal(toPlainDecimal(text), expected);
});

test("JSON keeps every digit of a counter", () => {
  const text = `{"id":7,"field_name":"\\"start_number\\":${MANY}","start_number":${MANY},"step_number":0.1,"reset_number":null,"current_number":-${MANY}}`;
  const read = fromJson(text);
  assert.equal(read.field_name, `"start_number":${MANY}`);
  assert.deepEqual([String(read.start_number), read.step_number, read.reset_number], [MANY, 0.1, null]);
  assert.equal(toJson(read), text);
});

test("text that looks like digits stays text", () => {
  for (const value of [{ name: MANY }, ["digits 0.5 1"], { $digits: "1.5" }, { __proto__: null, a: 1 }])
    assert.equal(toJson(value), JSON.stringify(value));
  assert.equal(toJson(undefined), undefined);
});

test("exact numbers are compared and multiplied exactly", () => {
  const [less, more] = ["9007199254740990.0000000001", "9007199254740990.0000000002"].map(parseExact);
  assert.ok(compareNumbers(less, more) < 0 && compareNumbers(more, less) > 0);
  assert.equal(compareNumbers(less, less), 0);
  assert.ok(compareNumbers(less, 5) > 0 && compareNumbers(-5, more) < 0 && compareNumbers(2, 1) > 0);
  assert.equal(String(multiply(parseExact("1234567890123.1234567891"), 2)), "2469135780246.2469135782");
  assert.equal(String(multiply(parseExact("-1234567890123.1234567892"), 0.5)), "-617283945061.5617283946");
  assert.equal(multiply(0.5, 10), 5);
});
