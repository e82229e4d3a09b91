import assert from "node:assert/strict";
import { test } from "node:test";

import { getCarriedOverrides } from "../../static/js/lib/carried-overrides.js";
import { parseExact } from "../../static/js/lib/exact-number.js";
import { formatKind } from "../../static/js/lib/format.js";
import {
  canMultiply,
  changesAnything,
  buildSpikeFields,
  getOverrides,
  getCopyOverrides,
  isSettingOverridden,
  isMultiplied,
  isOverridden,
  multiplyRow,
  formatNames,
  getNormalTexts,
  toggleFactor,
  formatReasons,
  validateRow,
  buildRow,
  normalizeText,
} from "../../static/js/lib/override-rows.js";

const field = (value_type, settings, more = {}) => ({
  id: 12,
  field_name: "cpu",
  collection_type: "Performance",
  current_number: null,
  reset_number: null,
  ...settings,
  value_type,
  ...more,
});
const range = (start = 18, end = 35) =>
  field("NUMBER_RANGE", { range_start_number: start, range_end_number: end });
const float = (start, end, float_precision = 1) =>
  field("FLOAT_RANGE", { range_start_float: start, range_end_float: end, float_precision });
const counter = (settings = {}) =>
  field("INCREMENT", {
    start_number: 0,
    step_number: 1,
    randomization_percentage: 50,
    reset_number: 10_000,
    ...settings,
  });

const type = (row, texts) => {
  Object.assign(row.texts, texts);
  return row;
};

test("an unchanged row overrides nothing", () => {
  for (const each of [
    range(),
    float(4, 9),
    counter(),
    counter({ current_number: 4182 }),
    field("NUMBER_FIXED", { fixed_value_number: 0 }),
  ]) {
    assert.deepEqual(getOverrides(buildRow(each)), {});
  }
});

test("only differences are sent", () => {
  const row = type(buildRow(range()), { range_end_number: "1,800" });
  assert.deepEqual(buildSpikeFields([buildRow(range()), row]), [{ original_field_id: 12, range_end_number: 1800 }]);
});

test("zero and fractions are valid overrides", () => {
  assert.deepEqual(getOverrides(type(buildRow(range()), { range_start_number: "0" })), { range_start_number: 0 });
  assert.deepEqual(getOverrides(type(buildRow(float(4, 9)), { range_start_float: "0.5" })), {
    range_start_float: 0.5,
  });
});

test("a saved override stays, even if the collection has the same value now", () => {
  const row = buildRow(range(), { range_start_number: 18, range_end_number: 90 });
  assert.deepEqual(getOverrides(row), { range_start_number: 18, range_end_number: 90 });
  row.saved = {};
  Object.assign(row.texts, getNormalTexts(row));
  assert.equal(isOverridden(row), false);
});

test("a setting without an input stays until the row is reset", () => {
  const row = buildRow(float(4, 9), { float_precision: 3 });
  assert.deepEqual(getOverrides(row), { float_precision: 3 });
  assert.equal(formatKind({ ...row.field, ...row.saved }), "random, 3 decimals");
});

test("an unchanged counter shows its current value, which is not an override", () => {
  const row = buildRow(counter({ current_number: 4182 }));
  assert.equal(row.texts.start_number, "4,182");
  assert.equal(isSettingOverridden(row, "start_number"), false);
  assert.equal(isSettingOverridden(type(row, { start_number: "0" }), "start_number"), true);
});

test("an emptied reset means that the counter never resets", () => {
  assert.deepEqual(getOverrides(type(buildRow(counter()), { reset_number: "" })), { reset_number: null });
  const shown = buildRow(counter(), getCopyOverrides({ overridden_settings: ["reset_number"], reset_number: null }));
  assert.equal(shown.texts.reset_number, "");
  assert.deepEqual(getOverrides(shown), { reset_number: null });
});

test("an empty deviation is zero", () => {
  assert.deepEqual(getOverrides(type(buildRow(counter()), { randomization_percentage: "" })), {
    randomization_percentage: 0,
  });
  assert.deepEqual(
    getOverrides(type(buildRow(counter({ randomization_percentage: null })), { randomization_percentage: "" })),
    {},
  );
});

test("an override is validated together with the other settings", () => {
  assert.deepEqual(validateRow(buildRow(range())), {});
  assert.match(validateRow(type(buildRow(range()), { range_start_number: "40" })).range_start_number, /35/);
  assert.match(validateRow(type(buildRow(range()), { range_start_number: "" })).range_start_number, /number/);
  assert.match(validateRow(type(buildRow(range()), { range_end_number: "99.5" })).range_end_number, /whole/);
  assert.match(validateRow(type(buildRow(range()), { range_end_number: "0,5" })).range_end_number, /number/);
});

test("factors multiply the collection's values, rounded by the field's type", () => {
  assert.deepEqual(multiplyRow(buildRow(range(3, 5)), 0.5), { range_start_number: 2, range_end_number: 3 });
  assert.deepEqual(multiplyRow(buildRow(float(4.1, 9)), 0.5), { range_start_float: 2, range_end_float: 4.5 });
  assert.deepEqual(multiplyRow(buildRow(float(1, 3, 0)), 5), { range_start_float: 5, range_end_float: 15 });
  assert.deepEqual(multiplyRow(buildRow(counter({ step_number: 0.1 })), 0.5), { step_number: 0.05 });
  assert.deepEqual(multiplyRow(buildRow(field("FLOAT_FIXED", { fixed_value_float: 0.1 })), 10), {
    fixed_value_float: 1,
  });
  assert.deepEqual(multiplyRow(buildRow(range(-5, -1)), 0.5), { range_start_number: -2, range_end_number: 0 });
});

test("a factor is pressed while the values match it", () => {
  const row = buildRow(range());
  Object.assign(row.texts, toggleFactor(row, 10));
  assert.deepEqual([row.texts.range_start_number, row.texts.range_end_number], ["180", "350"]);
  assert.deepEqual([isMultiplied(row, 10), isMultiplied(row, 5)], [true, false]);
  type(row, { range_end_number: "351" });
  assert.equal(isMultiplied(row, 10), false);
  type(row, { range_end_number: "350.0" });
  assert.equal(isMultiplied(row, 10), true);
});

test("pressing a factor again undoes it", () => {
  const row = buildRow(counter());
  Object.assign(row.texts, toggleFactor(row, 5));
  assert.deepEqual(getOverrides(row), { step_number: 5 });
  Object.assign(row.texts, toggleFactor(row, 5));
  assert.deepEqual(getOverrides(row), {});
});

test("factors are disabled if they do not change the value", () => {
  const zero = buildRow(field("NUMBER_FIXED", { fixed_value_number: 0 }));
  assert.equal(canMultiply(zero, 2), false);
  assert.equal(isMultiplied(zero, 2), false);
});

test("a typed number is normalized, other text is unchanged", () => {
  assert.equal(normalizeText(type(buildRow(range()), { range_end_number: "1200" }), "range_end_number"), "1,200");
  assert.equal(normalizeText(type(buildRow(range()), { range_end_number: "12x" }), "range_end_number"), "12x");
  assert.equal(normalizeText(type(buildRow(float(4, 9)), { range_end_float: "45" }), "range_end_float"), "45.0");
});

test("the collection's rule is shown beside the inputs", () => {
  assert.equal(buildRow(range(120, 1800)).rule, "120–1,800");
  assert.equal(buildRow(float(4, 9)).rule, "4.0–9.0");
  const row = buildRow(counter({ current_number: 4182 }));
  assert.deepEqual([row.rule, row.counterText], ["+1 ± 50 % a poll", "now at 4,182"]);
});

test("overrides are carried to fields with the same name and type, if they differ", () => {
  const row = type(buildRow(range()), { range_start_number: "36", range_end_number: "70" });
  const other = { ...range(36, 40), id: 99 };
  assert.deepEqual(getCarriedOverrides([row], [other]), { 99: { range_end_number: 70 } });
  assert.deepEqual(getCarriedOverrides([row], [{ ...float(1, 2), id: 99 }]), {});
});

test("names and reasons are formatted", () => {
  assert.equal(formatNames([{ name: "a" }, { name: "b" }, { name: "c" }], 2), "a, b and 1 more");
  const text = { collection_type: "Performance", value_type: "TEXT_FIXED" };
  const time = { collection_type: "Performance", value_type: "EPOCH_NOW" };
  const setup = { collection_type: "Configuration", value_type: "NUMBER_FIXED" };
  assert.equal(formatReasons([text, time, setup]), "text, time and all Configuration fields");
  assert.equal(formatReasons([setup]), "all Configuration fields");
});

const copyOf = (original, settings, given) => ({ ...original, ...settings, original, overridden_settings: given });

test("a copy with settings that the collection has changed since shows and sends its own", () => {
  const copy = copyOf(range(50, 60), { range_start_number: 5, range_end_number: 100 }, ["range_end_number"]);
  const row = buildRow(range(50, 60), getCopyOverrides(copy));
  assert.deepEqual(row.texts, { range_start_number: "5", range_end_number: "100" });
  assert.deepEqual(validateRow(row), {});
  assert.deepEqual(buildSpikeFields([row]), [{ original_field_id: 12, range_start_number: 5, range_end_number: 100 }]);
});

test("a copy without overrides has none, and a start that is not overridden is not one", () => {
  assert.deepEqual(getCopyOverrides(copyOf(range(50, 60), { range_start_number: 5 }, [])), {});
  const counting = copyOf(counter({ start_number: 7 }), { start_number: 0, step_number: 9, reset_number: 500 }, ["step_number"]);
  assert.deepEqual(getCopyOverrides(counting), { step_number: 9, reset_number: 500 });
  const decimals = copyOf(float(4, 9, 3), { range_end_float: 40, float_precision: 1 }, ["range_end_float"]);
  assert.deepEqual(getCopyOverrides(decimals), { range_end_float: 40, float_precision: 1 });
});

test("a counter that has counted in the spike shows its value there", () => {
  const row = buildRow(counter({ current_number: 40 }), {}, 55);
  assert.equal(row.texts.start_number, "55");
  assert.equal(isOverridden(row), false);
});

test("numbers with many digits are overrides only if they differ", () => {
  const tiny = field("FLOAT_FIXED", { fixed_value_float: 0.0000012345678901234567 });
  const large = field("FLOAT_FIXED", { fixed_value_float: 1250 });
  const long = counter({ start_number: parseExact("9007199254740991.0123456789"), reset_number: null });
  for (const each of [tiny, large, float(1250, 2500, 0), long, counter({ step_number: 1250.5, start_number: 1250 })])
    assert.deepEqual(getOverrides(buildRow(each)), {});
  const changed = type(buildRow(long), { start_number: "9,007,199,254,740,991.0123456788" });
  assert.equal(JSON.stringify(getOverrides(changed)), '{"start_number":"9007199254740991.0123456788"}');
});

test("a comma is rejected with a hint", () => {
  const said = validateRow(type(buildRow(float(4, 9)), { range_end_float: "12,125" }));
  assert.equal(said.range_end_float, "Must be a number: use a point, not a comma (12.125).");
  assert.match(validateRow(type(buildRow(counter({ start_number: 0.5 })), { step_number: "0,125" })).step_number, /use a point/);
});

test("a counter of whole numbers only takes whole numbers", () => {
  const fault = "Must be a whole number: this counter counts in whole numbers.";
  assert.deepEqual(validateRow(type(buildRow(counter()), { step_number: "1.5" })), { step_number: fault });
  assert.deepEqual(validateRow(type(buildRow(counter({ step_number: 0.5 })), { step_number: "1.25" })), {});
  assert.deepEqual(multiplyRow(buildRow(counter({ step_number: 5 })), 0.5), { step_number: 3 });
  assert.equal(canMultiply(buildRow(counter()), 0.5), false);
});

test("a spike changes polls if a value differs or a counter has its own start", () => {
  assert.equal(changesAnything([buildRow(range()), buildRow(counter())]), false);
  assert.equal(changesAnything([buildRow(range(), { range_end_number: 35 })]), false);
  assert.equal(changesAnything([buildRow(range(), { range_end_number: 36 })]), true);
  assert.equal(changesAnything([buildRow(counter(), { reset_number: null })]), true);
  assert.equal(changesAnything([buildRow(counter(), { start_number: 0 })]), true);
});
