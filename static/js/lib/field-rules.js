// What is wrong with the settings of a field, in words.

import { compareNumbers } from "./exact-number.js";
import { formatNumber, getNumberError } from "./numbers.js";
import { SETTINGS, VALUE_TYPES } from "./value-types.js";

/** What is wrong with a body before it is sent, by input; the server checks everything again. */
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

/** What is wrong where one setting must not be greater than another. */
function checkOrder([low, high, blamed], body) {
  const [least, most] = [body[low] ?? null, body[high] ?? null];
  if (least === null || most === null || compareNumbers(least, most) <= 0) return {};
  if (blamed === low) return { [low]: `Must not be above “${SETTINGS[high].label}”, ${formatNumber(most)}.` };
  return { [high]: `Must not be below “${SETTINGS[low].label}”, ${formatNumber(least)}.` };
}
