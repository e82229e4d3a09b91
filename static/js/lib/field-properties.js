// The properties of a field that people edit, for comparing versions.

import { NONE, property, nameProperty } from "./compare-versions.js";
import { formatNumber } from "./numbers.js";
import { SETTINGS, getSetting, getType } from "./value-types.js";

export function getFieldProperties(field) {
  const settings = getType(field).settings.map((name) => {
    const value = getSetting(field, name);
    const text = SETTINGS[name].kind === "text" ? value : formatNumber(value);
    return property(name, SETTINGS[name].label, value, text || NONE);
  });
  return [
    nameProperty("field_name", "Name", field.field_name),
    property("collection_type", "Type", field.collection_type, field.collection_type),
    property("value_type", "Value", field.value_type, getType(field).label),
    property("metric", "Metric", field.metric ?? null, field.metric || NONE),
    ...settings,
  ];
}
