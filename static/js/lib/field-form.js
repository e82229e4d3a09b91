// The form of a field: its inputs for each value type, and the request body.

import { parseExactNumber, parseNumber } from "./numbers.js";
import { EXACT_SETTINGS, SETTINGS, VALUE_TYPES, isInteger } from "./value-types.js";

export { validateField } from "./field-rules.js";

/** Return what the inputs show for a field, or for a new field of a collection type. */
export function toForm(field, collectionType = "Performance") {
  const shown = (value) => (value === null || value === undefined ? "" : String(value));
  const settings = Object.fromEntries(Object.keys(SETTINGS).map((name) => [name, shown(field?.[name])]));
  return {
    field_name: field?.field_name ?? "",
    collection_type: field?.collection_type ?? collectionType,
    value_type: field?.value_type ?? Object.keys(VALUE_TYPES)[0],
    metric: shown(field?.metric),
    ...settings,
  };
}

/** Return the body of a request: the settings of the chosen type, as numbers; an empty one is null. */
export function toBody(form) {
  const body = {
    field_name: form.field_name,
    collection_type: form.collection_type,
    value_type: form.value_type,
    metric: form.metric.trim() || null,
  };
  for (const name of VALUE_TYPES[form.value_type].settings) body[name] = toValue(name, form[name]);
  return body;
}

function toValue(name, text) {
  if (SETTINGS[name].kind === "text") return text;
  return (EXACT_SETTINGS.has(name) ? parseExactNumber : parseNumber)(text, isInteger(name));
}

/** Return the part of a body that differs from the field; with another value type, all of its settings. */
export function toChanges(body, field) {
  const current = toBody(toForm(field));
  if (body.value_type === current.value_type)
    return Object.fromEntries(Object.entries(body).filter(([name, value]) => !Object.is(value, current[name])));
  const same = (name) => ["field_name", "collection_type", "metric"].includes(name) && body[name] === current[name];
  return Object.fromEntries(Object.entries(body).filter(([name]) => !same(name)));
}
