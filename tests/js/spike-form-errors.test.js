import assert from "node:assert/strict";
import { test } from "node:test";

import {
  formatProblems,
  getInputId,
  listProblems,
} from "../../static/js/lib/spike-form-errors.js";
import { mapServerErrors } from "../../static/js/lib/spike-server-errors.js";

const ROWS = [
  { id: 12, name: "cpu", inputs: [{ setting: "range_start_number" }, { setting: "range_end_number" }] },
];

test("the server's errors are mapped to inputs", () => {
  const sent = [{ original_field_id: 12 }];
  const serverErrors = {
    name: ["must not be empty"],
    duration: ["must not reach past the year 9998"],
    "spike_fields.0.range_end_number": [
      "cpu: range_start_number must not be greater than range_end_number (9 > 5)",
    ],
    "spike_fields.0.original_field_id": ["cpu cannot be overridden: only numeric Performance fields can"],
    _schema: ["is wrong"],
  };
  const { errors, other } = mapServerErrors(serverErrors, sent, () => "cpu");
  assert.deepEqual(errors, {
    name: "Must not be empty.",
    end: "Must not reach past the year 9998.",
    "12.range_end_number": "“From” must not be greater than “To” (9 > 5).",
  });
  assert.equal(other.length, 2);
});

test("the server's messages about the window use the labels of the form", () => {
  const { errors } = mapServerErrors({ end_datetime: ["end_datetime must be after start_datetime"] }, []);
  assert.equal(errors.end, "The end must be after the start.");
});

test("problems are counted in the order of the page and lead to the first", () => {
  const errors = { "12.range_end_number": "x", name: "y" };
  const found = listProblems({ errors, collides: true, rows: ROWS });
  assert.deepEqual(
    found.map(({ target }) => target),
    ["spike-name", "spike-start", "override-12-range_end_number"],
  );
  assert.equal(formatProblems(found), "3 things to fix: the name first");
});

test("a single problem is named, and no problem gives no text", () => {
  assert.equal(
    formatProblems(listProblems({ errors: {}, collides: true, rows: ROWS })),
    "1 thing to fix: the window collides",
  );
  assert.equal(formatProblems([]), "");
  assert.equal(getInputId("end"), "spike-end");
});
