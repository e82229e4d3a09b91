// Validation of the settings of a field.

import { compareNumbers } from "./exact-number.js";
import { formatNumber, getNumberError } from "./numbers.js";
import { SETTINGS, VALUE_TYPES } from "./value-types.js";

/** Return the errors of a body before it is sent, by input; the server validates everything again. */
export function validateField(body, texts = {}) {
  const type = VALUE_TYPES[body.value_type];
  const errors = {};
  if (!body.field_name.trim()) errors.field_name = "Give the field a name.";
  for (const name of type.settings) {
    const error = checkSetting(SETTINGS[name], body[name] ?? null, texts[name]);
    if (error) errors[name] = error;
  }
  if (Object.keys(errors).length === 0) Object.assign(errors, ...type.orders.map((order) => checkOrder(order, body)));
  return errors;
}

function checkSetting({ kind, is_optional: isOptional, minimum, maximum, above }, value, text) {
  if (kind === "text") return "";
  if (value === null) return isOptional ? "" : "Needs a number.";
  if (!Number.isFinite(Number(value))) return getNumberError(text);
  if (kind === "integer" && !Number.isInteger(value)) return "Must be a whole number.";
  if (kind === "integer" && !Number.isSafeInteger(value))
    return `Must be at most ${formatNumber(Number.MAX_SAFE_INTEGER)} in size.`;
  if (above !== undefined && compareNumbers(value, above) <= 0) return `Must be greater than ${formatNumber(above)}.`;
  if (minimum !== undefined && Number(value) < minimum) return `Must be ${formatNumber(minimum)} or more.`;
  if (maximum !== undefined && Number(value) > maximum) return `Must be ${formatNumber(maximum)} or less.`;
  return "";
}

/** Return the error if `low` is greater than `high`. */
function checkOrder([low, high, blamed], body) {
  const [min, max] = [body[low] ?? null, body[high] ?? null];
  if (min === null || max === null || compareNumbers(min, max) <= 0) return {};
  if (blamed === low) return { [low]: `Must not be above “${SETTINGS[high].label}”, ${formatNumber(max)}.` };
  return { [high]: `Must not be below “${SETTINGS[low].label}”, ${formatNumber(min)}.` };
}
