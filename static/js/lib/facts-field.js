// What a page shows of a field.

import { NONE, fact, nameFact } from "./facts.js";
import { ASKED } from "./field-form.js";
import { LABELS, SETTINGS, formatNumber } from "./format.js";

const DEFAULTS = { float_precision: 2, randomization_percentage: 0 };

export function fieldFacts(field) {
  const settings = SETTINGS[field.value_type].map((name) => {
    const value = field[name] ?? DEFAULTS[name] ?? null;
    const words = ASKED[name].text ? value : formatNumber(value);
    return fact(name, ASKED[name].label, value, words || NONE);
  });
  return [
    nameFact("field_name", "Name", field.field_name),
    fact("collection_type", "Type", field.collection_type, field.collection_type),
    fact("value_type", "Value", field.value_type, LABELS[field.value_type]),
    ...settings,
  ];
}
