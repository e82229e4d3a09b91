// The overrides that stay when another collection is chosen for the spike.

import { getOverrides, isOverridden } from "./override-rows.js";

/** Return the overrides of fields that have the same name and type in the other collection, by field id. */
export function getCarriedOverrides(rows, fields) {
  const carried = {};
  for (const row of rows.filter(isOverridden)) {
    const field = fields.find((each) => each.field_name === row.name && each.value_type === row.type);
    const differs = ([setting, value]) => field[setting] !== value;
    if (field) carried[field.id] = Object.fromEntries(Object.entries(getOverrides(row)).filter(differs));
  }
  return carried;
}
