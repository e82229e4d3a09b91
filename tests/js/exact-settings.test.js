import assert from "node:assert/strict";
import { test } from "node:test";

const DIGITS = "9007199254740991.0123456789";

test("only settings of the kind exact keep their digits", async () => {
  const { settings } = globalThis.spikecastValueTypes;
  settings.ceiling_number = { kind: "exact", label: "Ceiling" };
  settings.ceiling_float = { kind: "float", label: "Ceiling" };
  const { fromJson, toJson } = await import("../../static/js/lib/exact-number.js");
  const field = fromJson(`{"ceiling_number":${DIGITS},"ceiling_float":${DIGITS}}`);
  assert.equal(String(field.ceiling_number), DIGITS);
  assert.equal(field.ceiling_float, Number(DIGITS));
  assert.equal(toJson({ ceiling_number: field.ceiling_number }), `{"ceiling_number":${DIGITS}}`);
});
