import assert from "node:assert/strict";
import { test } from "node:test";

import {
  formatCount,
  formatNumber,
  formatRule,
  formatRuleBriefly,
  getNumberError,
  parseExactNumber,
  parseNumber,
} from "../../static/js/lib/format.js";

const increment = { value_type: "INCREMENT", start_number: 0, step_number: 5, reset_number: null, randomization_percentage: 0 };

test("each rule is formatted", () => {
  const rules = [
    [{ value_type: "TEXT_FIXED", fixed_value_text: "up" }, "fixed text “up”"],
    [{ value_type: "NUMBER_FIXED", fixed_value_number: 4200 }, "fixed at 4,200"],
    [{ value_type: "FLOAT_FIXED", fixed_value_float: 0.5 }, "fixed at 0.5"],
    [{ value_type: "EPOCH_NOW" }, "time of the poll"],
    [{ value_type: "NUMBER_RANGE", range_start_number: 5, range_end_number: 2000 }, "random 5 to 2,000"],
    [
      { value_type: "FLOAT_RANGE", range_start_float: 4, range_end_float: 9, float_precision: 1 },
      "random 4.0 to 9.0",
    ],
    [increment, "counts up from 0 by 5"],
    [
      { ...increment, value_type: "DECREMENT", reset_number: 0, randomization_percentage: 50 },
      "counts down from 0 by 5 ± 50 %, resets at 0",
    ],
  ];
  for (const [field, words] of rules) assert.equal(formatRule(field), words);
});

test("rules have a short form", () => {
  assert.equal(formatRuleBriefly({ value_type: "NUMBER_RANGE", range_start_number: 90, range_end_number: 100 }), "90–100");
  assert.equal(formatRuleBriefly({ value_type: "NUMBER_RANGE", range_start_number: -12, range_end_number: -8 }), "-12 to -8");
  assert.equal(formatRuleBriefly({ ...increment, step_number: 25 }), "+25 a poll");
  assert.equal(formatRuleBriefly({ value_type: "FLOAT_FIXED", fixed_value_float: 14.5 }), "14.5");
});

test("zero is formatted as a number, null as a dash", () => {
  assert.equal(formatNumber(0), "0");
  assert.equal(formatNumber(null), "");
  assert.equal(parseNumber("0"), 0);
  assert.equal(parseNumber(""), null);
});

test("numbers are parsed with separators, a leading point or an exponent", () => {
  assert.equal(parseNumber("1,200"), 1200);
  assert.equal(parseNumber("0.5"), 0.5);
  assert.equal(parseNumber(".5"), 0.5);
  assert.equal(parseNumber("-1e3"), -1000);
  assert.ok(Number.isNaN(parseNumber("12 apples")));
});

test("counts have a singular and a plural", () => {
  assert.equal(formatCount(1, "field"), "1 field");
  assert.equal(formatCount(1200, "key"), "1,200 keys");
});

test("an ambiguous comma is not parsed", () => {
  for (const text of ["0,125", "-0,500", "0,5", "12,5", "1,2345", "00,125", "1,25,000", "0 125", "1 2", "1,200 300", ",5"])
    assert.ok(Number.isNaN(parseNumber(text)), text);
  for (const text of ["1,250", "-12,500"]) {
    assert.ok(Number.isNaN(parseNumber(text, false)), text);
    assert.ok(Number.isNaN(parseExactNumber(text, false)), text);
  }
  assert.deepEqual(["1,250,000", "1,250.5", "1 250.5", "12 000"].map((text) => parseNumber(text, false)), [1250000, 1250.5, 1250.5, 12000]);
  assert.equal(getNumberError("0,125"), "Must be a number: use a point, not a comma (0.125).");
  assert.equal(getNumberError("0,1x"), "Must be a number: use a point, not a comma (0.5).");
  assert.equal(getNumberError("twelve"), "Must be a number, such as 20 or 0.5.");
});

test("a formatted number has all decimals and is parsed to the same number", () => {
  const numbers = [0.1, 1e-6, 0.0000012345678901234567, 123456.789, 1 / 3, 5e-324, 1.5e300, 2 ** 53 - 1, -0.000001234567890123456];
  for (const each of numbers) assert.equal(parseNumber(formatNumber(each), false), each, String(each));
  assert.equal(formatNumber(1234567.5, 2), "1,234,567.50");
  assert.equal(formatNumber(parseExactNumber("9007199254740991.0123456789")), "9,007,199,254,740,991.0123456789");
});
