// What is wrong with the settings of a field, in words.

import { compareNumbers } from "./exact-number.js";
import { SETTINGS, formatNumber, getNumberError } from "./numbers.js";

const asks = (label, more = {}) => ({ label, optional: false, whole: false, ...more });

/** What each setting is called, and what it takes. */
export const ASKED = {
  fixed_value_text: asks("Text", { text: true }),
  fixed_value_number: asks("Value", { whole: true }),
  fixed_value_float: asks("Value"),
  range_start_number: asks("From", { whole: true }),
  range_end_number: asks("To", { whole: true }),
  range_start_float: asks("From"),
  range_end_float: asks("To"),
  float_precision: asks("Decimals", { optional: true, whole: true, unsigned: true }),
  start_number: asks("Start"),
  step_number: asks("Step", { unsigned: true }),
  reset_number: asks("Back at", { optional: true }),
  randomization_percentage: asks("Step varies by ± %", { optional: true, unsigned: true }),
};

/** What is wrong with a body before it is sent, by input; the server checks everything again. */
export function faultsOf(body, texts = {}) {
  const faults = {};
  if (!body.field_name.trim()) faults.field_name = "Give the field a name.";
  for (const name of SETTINGS[body.value_type]) {
    const fault = faultOf(ASKED[name], body[name], texts[name]);
    if (fault) faults[name] = fault;
  }
  if (Object.keys(faults).length === 0) Object.assign(faults, orderFaults(body));
  return faults;
}

function faultOf(asked, value, text) {
  if (asked.text) return "";
  if (value === null) return asked.optional ? "" : "Needs a number.";
  if (!Number.isFinite(Number(value))) return getNumberError(text);
  if (asked.whole && !Number.isInteger(value)) return "Must be a whole number.";
  if (asked.whole && !Number.isSafeInteger(value))
    return `Must be at most ${formatNumber(Number.MAX_SAFE_INTEGER)} in size.`;
  return "";
}

// What two settings must be to each other.
function orderFaults(body) {
  const { start_number: start, reset_number: reset, step_number: step } = body;
  if (body.range_start_number > body.range_end_number)
    return above("range_start_number", body.range_end_number);
  if (body.range_start_float > body.range_end_float) return above("range_start_float", body.range_end_float);
  if (step !== undefined && step <= 0) return { step_number: "Must be greater than 0." };
  if (reset === undefined || reset === null) return {};
  if (body.value_type === "INCREMENT" && compareNumbers(reset, start) < 0) {
    return { reset_number: `Must not be below the start, ${formatNumber(start)}.` };
  }
  if (body.value_type === "DECREMENT" && compareNumbers(reset, start) > 0) {
    return { reset_number: `Must not be above the start, ${formatNumber(start)}.` };
  }
  return {};
}

const above = (name, end) => ({ [name]: `Must not be above the end of the range, ${formatNumber(end)}.` });

/** Settings under the names that the form gives them: the server speaks of columns. */
export function humanize(message) {
  const named = message.replace(/\b[a-z]+(_[a-z]+)+\b/g, (name) =>
    ASKED[name] ? `“${ASKED[name].label}”` : name,
  );
  const sentence = named.charAt(0).toUpperCase() + named.slice(1);
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
