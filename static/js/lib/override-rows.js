// The overrides of a spike: a row for each field that can be overridden, with the collection's values and the spike's.

import { isExactNumber, multiply } from "./exact-number.js";
import { validateField } from "./field-rules.js";
import { formatRuleBriefly } from "./format.js";
import { formatNumber, isWholeCounter, parseExactNumber, parseNumber } from "./numbers.js";
import { EXACT_SETTINGS, SETTINGS, VALUE_TYPES, getDecimals, getType, isCounter, isInteger } from "./value-types.js";

export const FACTORS = [
  { label: "÷2", by: 0.5, words: "half" },
  { label: "×2", by: 2, words: "twice" },
  { label: "×5", by: 5, words: "5 times" },
  { label: "×10", by: 10, words: "10 times" },
];

/**
 * Build the row of a field. `saved` has the settings that the spike already overrides; `counter` is the current
 * value of the spike's own counter, if it has counted.
 */
export function buildRow(field, saved = {}, counter = null) {
  const row = {
    id: field.id,
    name: field.field_name,
    type: field.value_type,
    field,
    counter,
    saved: { ...saved },
    texts: {},
    rule: formatRuleBriefly(field),
    counterText: formatCounter(field),
    isCounter: isCounter(field),
    inputs: buildInputs(field),
    isUp: Object.keys(saved).length > 0, // among the changed rows
    isMoving: false,
    cameUp: false,
    stop: 0,
  };
  row.isRange = row.inputs.some(({ joins }) => joins);
  row.hasInsets = row.inputs.some(({ inset }) => inset);
  for (const { setting } of row.inputs) {
    row.texts[setting] = formatValue(row, setting in saved ? saved[setting] : getNormalValue(row, setting), setting);
  }
  return row;
}

/** Build the inputs of a field. If there are several that are not a range, each shows its label. */
function buildInputs(field) {
  const names = getType(field).override_inputs;
  const hasInsets = names.filter((name) => !SETTINGS[name].is_range_end).length > 1;
  return names.map((setting) => {
    const { label, short_label: short, is_range_end: joins = false } = SETTINGS[setting];
    const words = label.toLowerCase();
    return {
      setting,
      inset: hasInsets ? (short ?? words) : "",
      id: `override-${field.id}-${setting}`,
      label: `${field.field_name}: ${words}`,
      joins,
    };
  });
}

/**
 * Return the settings that a spike's copy of a field overrides. If there are any, settings that were changed in the
 * collection since are included, because polls return the copy's values. A start that is not overridden is not
 * included: the counter continues.
 */
export function getCopyOverrides(copy) {
  const overridden = copy.overridden_settings ?? [];
  const original = copy.original?.value_type === copy.value_type ? copy.original : null;
  const changedSince = (overridden.length && original ? getType(copy).settings : []).filter(
    (setting) => setting !== "start_number" && (copy[setting] ?? null) !== (original[setting] ?? null),
  );
  const names = [...new Set([...overridden, ...changedSince])];
  return Object.fromEntries(names.map((setting) => [setting, copy[setting] ?? null]));
}

// What the spike overrides

/** Return the collection's value; the start of a counter is its current value, from which it continues. */
function getNormalValue({ field, counter }, setting) {
  if (setting === "start_number") return counter ?? field.current_number ?? field.start_number;
  return field[setting] ?? null;
}

/** Return the value of an input: a number, the default or null if it is empty, NaN if it is not a number. */
function getValue(row, setting) {
  return parseText(row, setting) ?? SETTINGS[setting].default ?? null;
}

/** Return whether a setting only takes integers; then a comma separates thousands. */
const takesIntegers = (row, setting) =>
  isInteger(setting) || (EXACT_SETTINGS.has(setting) && isWholeCounter(row.field));

const parseText = (row, setting) =>
  (EXACT_SETTINGS.has(setting) ? parseExactNumber : parseNumber)(row.texts[setting], takesIntegers(row, setting));

/** Return whether a setting is overridden: it differs from the collection's, or is unchanged since it was saved. */
export function isSettingOverridden(row, setting) {
  const value = getValue(row, setting);
  if (setting in row.saved && value === row.saved[setting]) return true;
  return value !== (getNormalValue(row, setting) ?? SETTINGS[setting].default ?? null);
}

/** Return the overridden settings of a row; one without an input, such as the decimals, stays as it was saved. */
export function getOverrides(row) {
  const names = row.inputs.map(({ setting }) => setting);
  const hidden = Object.entries(row.saved).filter(([setting]) => !names.includes(setting));
  const overridden = names
    .filter((setting) => isSettingOverridden(row, setting))
    .map((setting) => [setting, getValue(row, setting)]);
  return Object.fromEntries([...overridden, ...hidden]);
}

export const isOverridden = (row) => Object.keys(getOverrides(row)).length > 0;

/** Return whether polls would get other values; with its own start, a counter counts separately. */
export const changesAnything = (rows) =>
  rows.some((row) =>
    Object.entries(getOverrides(row)).some(
      ([setting, value]) => setting === "start_number" || (value ?? null) !== (row.field[setting] ?? null),
    ),
  );

/** Build the `spike_fields` of a request. */
export const buildSpikeFields = (rows) =>
  rows.filter(isOverridden).map((row) => ({ original_field_id: row.id, ...getOverrides(row) }));

/** Return the errors of a row, by setting. Overrides are validated together with the collection's other settings. */
export function validateRow(row) {
  const overrides = getOverrides(row);
  if (!Object.keys(overrides).length) return {};
  const errors = validateField({ ...row.field, ...overrides, field_name: row.name }, row.texts);
  for (const setting of row.isCounter && isWholeCounter(row.field) ? EXACT_SETTINGS : []) {
    const value = overrides[setting] ?? 0;
    if (Number.isFinite(Number(value)) && !Number.isInteger(value))
      errors[setting] ??= "Must be a whole number: this counter counts in whole numbers.";
  }
  const hasInput = (setting) => row.inputs.some((input) => input.setting === setting);
  return Object.fromEntries(Object.entries(errors).filter(([setting]) => hasInput(setting)));
}

/** Return the texts of a row that overrides nothing. */
export const getNormalTexts = (row) =>
  Object.fromEntries(row.inputs.map(({ setting }) => [setting, formatValue(row, getNormalValue(row, setting), setting)]));

/** Return the text of an input with its number formatted; text that is not a number is unchanged. */
export function normalizeText(row, setting) {
  const value = parseText(row, setting);
  const isNumber = value !== null && Number.isFinite(Number(value));
  return isNumber ? formatValue(row, value, setting) : row.texts[setting];
}

/** Format a value for its input, without a comma that could be read as a decimal comma. */
function formatValue(row, value, setting) {
  const text = formatNumber(value, Math.min(decimals(row), 3));
  return !takesIntegers(row, setting) && !text.includes(".") ? text.replaceAll(",", "") : text;
}

// Quick factors

const decimals = (row) => getDecimals({ ...row.field, ...row.saved });

/** Return the collection's values times a factor, rounded as the value type requires. */
export const multiplyRow = (row, by) =>
  Object.fromEntries(
    VALUE_TYPES[row.type].settings
      .filter((setting) => SETTINGS[setting].is_scaled)
      .map((setting) => [setting, roundValue(row, setting, multiply(row.field[setting], by))]),
  );

function roundValue(row, setting, value) {
  if (isInteger(setting)) return Math.round(value) + 0;
  if (!EXACT_SETTINGS.has(setting))
    return Number(VALUE_TYPES[row.type].decimals ? value.toFixed(decimals(row)) : value.toPrecision(15)) + 0;
  if (isExactNumber(value)) return value;
  if (isWholeCounter(row.field)) return Math.max(Math.round(value), 1);
  return Math.max(Number(value.toFixed(10)), 1e-10); // counters are exact to ten decimals
}

/** Return whether the factor would change any value; it does not change zero. */
export const canMultiply = (row, by) =>
  Object.entries(multiplyRow(row, by)).some(([setting, value]) => value !== row.field[setting]);

/** Return whether the inputs are the collection's values times the factor. */
export const isMultiplied = (row, by) =>
  canMultiply(row, by) &&
  Object.entries(multiplyRow(row, by)).every(([setting, value]) => getValue(row, setting) === value);

/** Return the texts of a row after its factor was pressed; pressed again, they are the collection's values. */
export function toggleFactor(row, by) {
  const values = multiplyRow(row, isMultiplied(row, by) ? 1 : by);
  const texts = Object.entries(values).map(([setting, value]) => [setting, formatValue(row, value, setting)]);
  return { ...row.texts, ...Object.fromEntries(texts) };
}

// In words

function formatCounter(field) {
  if (!isCounter(field)) return "";
  const current = field.current_number ?? null;
  return current === null ? `from ${formatNumber(field.start_number)}` : `now at ${formatNumber(current)}`;
}

/** Format names, such as "mem_used, temp_c and 3 more". */
export function formatNames(rows, max = 6) {
  const names = rows.slice(0, max).map(({ name, field_name: fieldName }) => name ?? fieldName);
  const more = rows.length - names.length;
  return names.join(", ") + (more ? ` and ${more} more` : "");
}

/** Format why a field cannot be overridden. */
export function formatReason(field) {
  if (field.collection_type === "Configuration") return "Configuration";
  return getType(field).kind_label;
}

/** Format which fields cannot be overridden, such as "text, time and all Configuration fields". */
export function formatReasons(fields) {
  const reasons = new Set(fields.map(formatReason));
  const kinds = Object.values(VALUE_TYPES).map(({ kind_label: label }) => label);
  const parts = [...new Set(kinds)].filter((each) => reasons.has(each));
  if (reasons.has("Configuration")) parts.push("all Configuration");
  const last = parts.pop();
  return parts.length ? `${parts.join(", ")} and ${last} fields` : `${last} fields`;
}
