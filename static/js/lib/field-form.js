// The form of a field: what it asks for each value type, what it sends, and what is wrong in words.

import { compared } from "./digits.js";
import { EXACT_SETTINGS, SETTINGS, number, numberFault, typed, typedExact } from "./words.js";

/** Value types in the order in which they are offered, with what each is for. */
export const CHOICES = [
  ["NUMBER_RANGE", "A random whole number on every poll, both ends included."],
  ["FLOAT_RANGE", "A random number with decimals on every poll, both ends included."],
  ["INCREMENT", "Goes up by a step on every poll, like the bytes that an interface has sent."],
  ["DECREMENT", "Goes down by a step on every poll, like a tank."],
  ["NUMBER_FIXED", "The same whole number on every poll."],
  ["FLOAT_FIXED", "The same number with decimals on every poll."],
  ["TEXT_FIXED", "The same text on every poll."],
  ["EPOCH_NOW", "The seconds since 1970 at the moment of the poll."],
];

const asks = (label, more = {}) => ({ label, help: "", optional: false, whole: false, ...more });
const OPTIONAL = { optional: true, help: "Optional." };

/** What each setting is called and how it is asked for. */
export const ASKED = {
  fixed_value_text: asks("Text", { text: true }),
  fixed_value_number: asks("Value", { whole: true }),
  fixed_value_float: asks("Value"),
  range_start_number: asks("From", { whole: true }),
  range_end_number: asks("To", { whole: true }),
  range_start_float: asks("From"),
  range_end_float: asks("To"),
  float_precision: asks("Decimals", {
    ...OPTIONAL,
    whole: true,
    unsigned: true,
    help: "0 to 15. 2 where left empty.",
  }),
  start_number: asks("Start", { help: "The first value that is served." }),
  step_number: asks("Step", { unsigned: true, help: "How far each poll moves it." }),
  reset_number: asks("Back at", {
    ...OPTIONAL,
    help: "Where a step would pass this, it starts again. Empty: never.",
  }),
  randomization_percentage: asks("Step varies by ± %", {
    ...OPTIONAL,
    unsigned: true,
    help: "0 to 500. 0 where left empty.",
  }),
};

/** What the inputs show for a field, or for a new one of a collection type. */
export function formOf(field, collectionType = "Performance") {
  const shown = (value) => (value === null || value === undefined ? "" : String(value));
  const settings = Object.fromEntries(Object.keys(ASKED).map((name) => [name, shown(field?.[name])]));
  return {
    field_name: field?.field_name ?? "",
    collection_type: field?.collection_type ?? collectionType,
    value_type: field?.value_type ?? "NUMBER_RANGE",
    ...settings,
  };
}

/** What is sent: only the settings of the chosen type, as numbers; an empty one is null. */
export function bodyOf(form) {
  const body = {
    field_name: form.field_name,
    collection_type: form.collection_type,
    value_type: form.value_type,
  };
  for (const name of SETTINGS[form.value_type]) body[name] = valueOf(name, form[name]);
  return body;
}

function valueOf(name, text) {
  if (ASKED[name].text) return text;
  return (EXACT_SETTINGS.has(name) ? typedExact : typed)(text, ASKED[name].whole);
}

/** Of a body what differs from the field; with another value type, all of its settings. */
export function changesOf(body, field) {
  const own = bodyOf(formOf(field));
  if (body.value_type === own.value_type)
    return Object.fromEntries(Object.entries(body).filter(([name, value]) => !Object.is(value, own[name])));
  const same = (name) => ["field_name", "collection_type"].includes(name) && body[name] === own[name];
  return Object.fromEntries(Object.entries(body).filter(([name]) => !same(name)));
}

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
  if (!Number.isFinite(Number(value))) return numberFault(text);
  if (asked.whole && !Number.isInteger(value)) return "Must be a whole number.";
  if (asked.whole && !Number.isSafeInteger(value))
    return `Must be at most ${number(Number.MAX_SAFE_INTEGER)} in size.`;
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
  if (body.value_type === "INCREMENT" && compared(reset, start) < 0) {
    return { reset_number: `Must not be below the start, ${number(start)}.` };
  }
  if (body.value_type === "DECREMENT" && compared(reset, start) > 0) {
    return { reset_number: `Must not be above the start, ${number(start)}.` };
  }
  return {};
}

const above = (name, end) => ({ [name]: `Must not be above the end of the range, ${number(end)}.` });

/** Settings under the names that the form gives them: the server speaks of columns. */
export function humane(message) {
  const named = message.replace(/\b[a-z]+(_[a-z]+)+\b/g, (name) =>
    ASKED[name] ? `“${ASKED[name].label}”` : name,
  );
  const sentence = named.charAt(0).toUpperCase() + named.slice(1);
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
