import assert from "node:assert/strict";
import { test } from "node:test";

import { toBody, toChanges, validateField, toForm } from "../../static/js/lib/field-form.js";
import { humanize } from "../../static/js/lib/server-errors.js";

const form = (values) => ({ ...toForm(null), field_name: "cpu", ...values });

test("a form shows a field's values, including zero and fractions", () => {
  const shown = toForm({
    field_name: "cpu",
    collection_type: "Performance",
    value_type: "INCREMENT",
    start_number: 0,
    step_number: 0.5,
  });
  assert.equal(shown.start_number, "0");
  assert.equal(shown.step_number, "0.5");
  assert.equal(shown.reset_number, "");
});

test("the body has only the settings of the chosen type", () => {
  const body = toBody(
    form({ value_type: "INCREMENT", start_number: "0", step_number: "0.5", range_start_number: "7" }),
  );
  assert.deepEqual(body, {
    field_name: "cpu",
    collection_type: "Performance",
    value_type: "INCREMENT",
    metric: null,
    start_number: 0,
    step_number: 0.5,
    reset_number: null,
    randomization_percentage: null,
  });
});

test("an empty metric is sent as null", () => {
  assert.equal(toBody(form({ metric: "  " })).metric, null);
  assert.equal(toBody(form({ metric: " node_load1 " })).metric, "node_load1");
  assert.equal(toForm({ field_name: "cpu", metric: "node_load1" }).metric, "node_load1");
  assert.equal(toForm({ field_name: "cpu", metric: null }).metric, "");
});

test("a text may be empty, a required number may not", () => {
  assert.deepEqual(validateField(toBody(form({ value_type: "TEXT_FIXED" }))), {});
  assert.deepEqual(validateField(toBody(form({ value_type: "NUMBER_FIXED" }))), {
    fixed_value_number: "Needs a number.",
  });
});

test("text that is not a number is an error of its input", () => {
  const faults = validateField(toBody(form({ range_start_number: "five", range_end_number: "1.5" })));
  assert.deepEqual(Object.keys(faults), ["range_start_number", "range_end_number"]);
});

test("an inverted range names its other end", () => {
  const faults = validateField(toBody(form({ range_start_number: "100", range_end_number: "5" })));
  assert.deepEqual(faults, { range_start_number: "Must not be above “To”, 5." });
});

test("a counter needs a step, and a reset on the far side of its start", () => {
  const up = { value_type: "INCREMENT", start_number: "10", step_number: "5", reset_number: "9" };
  assert.deepEqual(validateField(toBody(form(up))), { reset_number: "Must not be below “Start”, 10." });
  assert.deepEqual(validateField(toBody(form({ ...up, value_type: "DECREMENT", reset_number: "11" }))), {
    reset_number: "Must not be above “Start”, 10.",
  });
  assert.deepEqual(validateField(toBody(form({ ...up, step_number: "0", reset_number: "" }))), {
    step_number: "Must be greater than 0.",
  });
});

test("integers that JSON clients do not read exactly are rejected", () => {
  const faults = validateField(
    toBody(form({ value_type: "NUMBER_FIXED", fixed_value_number: "9007199254740993" })),
  );
  assert.match(faults.fixed_value_number, /at most 9,007,199,254,740,991/);
});

test("the server's messages use the labels of the form", () => {
  assert.equal(humanize("start_number is required for INCREMENT"), "“Start” is required for INCREMENT.");
  assert.equal(humanize("is taken by another field"), "Is taken by another field.");
});

test("only changed settings are sent", () => {
  const own = { field_name: "bytes", collection_type: "Performance", value_type: "INCREMENT", start_number: 0.1, step_number: 5, reset_number: null, randomization_percentage: 0 };
  const changed = (more) => toChanges(toBody({ ...toForm(own), ...more }), own);
  assert.deepEqual(changed({}), {});
  assert.deepEqual(changed({ field_name: "octets" }), { field_name: "octets" });
  assert.deepEqual(changed({ step_number: "5.0", reset_number: "100" }), { reset_number: 100 });
  assert.deepEqual(changed({ value_type: "NUMBER_FIXED", fixed_value_number: "7" }), {
    value_type: "NUMBER_FIXED",
    fixed_value_number: 7,
  });
});

test("a number with a comma is rejected with a hint", () => {
  const typed = form({ value_type: "FLOAT_FIXED", fixed_value_float: "1,250" });
  assert.deepEqual(validateField(toBody(typed), typed), {
    fixed_value_float: "Must be a number: use a point, not a comma (1.250).",
  });
});
