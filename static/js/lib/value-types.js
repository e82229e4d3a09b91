// The catalogue of value types and their settings, which the server sends (app/values/value_types.py).

const { types, settings } = globalThis.spikecastValueTypes;
const complete = (type) => ({
  direction: 0,
  value_kind: "number",
  orders: [],
  override_inputs: type.settings,
  short_rule: type.rule,
  kind_label: type.label.toLowerCase(),
  ...type,
});

/** Every value type by name, in the order in which the field dialog offers them. */
export const VALUE_TYPES = Object.fromEntries(
  Object.entries(types).map(([name, type]) => [name, complete(type)]),
);

/** Every setting by name. */
export const SETTINGS = settings;

/** The names of the settings that hold exact decimal numbers. */
export const EXACT_SETTINGS = new Set(Object.keys(settings).filter((name) => settings[name].kind === "exact"));

export const getType = (field) => VALUE_TYPES[field.value_type];

export const isCounter = (field) => getType(field).direction !== 0;

/** Return whether a setting only takes integers. */
export const isInteger = (name) => SETTINGS[name].kind === "integer";

/** Return the value of a field's setting, or its default. */
export const getSetting = (field, name) => field[name] ?? SETTINGS[name].default ?? null;

/** Return the minimum number of decimals of the field's values and settings; 0 if its type has none. */
export function getDecimals(field) {
  const { decimals } = getType(field);
  return decimals ? getSetting(field, decimals) : 0;
}
