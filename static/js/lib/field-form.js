// The form of a field: what it asks for each value type, what it sends, and what is wrong in words.

import { ASKED as RULES } from "./field-rules.js";
import { EXACT_SETTINGS, SETTINGS, parseNumber, parseExactNumber } from "./numbers.js";

export { faultsOf, humanize } from "./field-rules.js";

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

const HELP = {
  float_precision: "0 to 15. 2 where left empty.",
  start_number: "The first value that is served.",
  step_number: "How far each poll moves it.",
  reset_number: "Where a step would pass this, it starts again. Empty: never.",
  randomization_percentage: "0 to 500. 0 where left empty.",
};

/** What each setting is called and how it is asked for. */
export const ASKED = Object.fromEntries(
  Object.entries(RULES).map(([name, asked]) => [name, { ...asked, help: HELP[name] ?? "" }]),
);

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
  return (EXACT_SETTINGS.has(name) ? parseExactNumber : parseNumber)(text, ASKED[name].whole);
}

/** Of a body what differs from the field; with another value type, all of its settings. */
export function changesOf(body, field) {
  const own = bodyOf(formOf(field));
  if (body.value_type === own.value_type)
    return Object.fromEntries(Object.entries(body).filter(([name, value]) => !Object.is(value, own[name])));
  const same = (name) => ["field_name", "collection_type"].includes(name) && body[name] === own[name];
  return Object.fromEntries(Object.entries(body).filter(([name]) => !same(name)));
}
