// Overrides that are kept when another collection is chosen for the spike.

import { givenOf, isOverridden } from "./override-rows.js";

/** Return the overrides by the id of the field that has the same name and type in the other collection. */
export function carriedOver(rows, fields) {
  const found = {};
  for (const row of rows.filter(isOverridden)) {
    const twin = fields.find((field) => field.field_name === row.name && field.value_type === row.type);
    const differs = ([setting, value]) => twin[setting] !== value;
    if (twin) found[twin.id] = Object.fromEntries(Object.entries(givenOf(row)).filter(differs));
  }
  return found;
}
