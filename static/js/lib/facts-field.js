// The properties of a field that people edit, for comparing versions.

import { NONE, fact, nameFact } from "./facts.js";
import { formatNumber } from "./numbers.js";
import { SETTINGS, getSetting, getType } from "./value-types.js";

export function fieldFacts(field) {
  const settings = getType(field).settings.map((name) => {
    const value = getSetting(field, name);
    const words = SETTINGS[name].kind === "text" ? value : formatNumber(value);
    return fact(name, SETTINGS[name].label, value, words || NONE);
  });
  return [
    nameFact("field_name", "Name", field.field_name),
    fact("collection_type", "Type", field.collection_type, field.collection_type),
    fact("value_type", "Value", field.value_type, getType(field).label),
    fact("metric", "Metric", field.metric ?? null, field.metric || NONE),
    ...settings,
  ];
}
