// What a spike overrides: a row for each field that it may, with the collection's values beside its own.

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
 * A row for a field of the collection; `given` are the settings that the spike's author gave it, `stands` is where
 * the counter of its copy stands, if that has begun to count.
 */
export function rowOf(field, given = {}, stands = null) {
  const type = field.value_type;
  const row = {
    id: field.id,
    name: field.field_name,
    type,
    own: field,
    stands,
    kept: { ...given },
    texts: {},
    rule: formatRuleBriefly(field),
    stand: standOf(field),
    isCounter: isCounter(field),
    inputs: buildInputs(field),
    isUp: Object.keys(given).length > 0,
    isMoving: false,
    cameUp: false,
    stop: 0,
  };
  row.isRange = row.inputs.some(({ joins }) => joins);
  row.hasInsets = row.inputs.some(({ inset }) => inset);
  for (const { setting } of row.inputs) {
    row.texts[setting] = textOf(row, setting in given ? given[setting] : shownOf(row, setting), setting);
  }
  return row;
}

/** The inputs of a field. If there are several that are no range, each shows what it is. */
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
 * The settings of a copy that are its own: those that its author gave, and where there are such, those in which
 * the collection's field was changed since: the copy kept what it had, and that is what polls get. Not a start
 * that nobody gave: the counter goes on.
 */
export function givenOfCopy(copy) {
  const given = copy.overridden_settings ?? [];
  const original = copy.original?.value_type === copy.value_type ? copy.original : null;
  const left = (given.length && original ? getType(copy).settings : []).filter(
    (setting) => setting !== "start_number" && (copy[setting] ?? null) !== (original[setting] ?? null),
  );
  return Object.fromEntries([...new Set([...given, ...left])].map((setting) => [setting, copy[setting] ?? null]));
}

// What the spike overrides

/** The collection's value as the input shows it: an untouched counter goes on from where it stands. */
function shownOf(row, setting) {
  if (setting === "start_number") return row.stands ?? row.own.current_number ?? row.own.start_number;
  return row.own[setting] ?? null;
}

/** What the input says: a number, null where it is empty, NaN where it is none. */
function valueOf(row, setting) {
  const value = typedIn(row, setting, row.texts[setting]);
  return value ?? SETTINGS[setting].default ?? null;
}

/** Whether a setting only takes whole numbers: a comma then stands between thousands. */
const isWhole = (row, setting) =>
  isInteger(setting) || (EXACT_SETTINGS.has(setting) && isWholeCounter(row.own));

const typedIn = (row, setting, text) =>
  (EXACT_SETTINGS.has(setting) ? parseExactNumber : parseNumber)(text, isWhole(row, setting));

/** Whether the author gave this setting: it differs from the collection's, or was given before and stands. */
export function isGiven(row, setting) {
  const value = valueOf(row, setting);
  if (setting in row.kept && value === row.kept[setting]) return true;
  return value !== (shownOf(row, setting) ?? SETTINGS[setting].default ?? null);
}

/** Exactly the settings that the author gave; one without an input (such as decimals) stays as it was. */
export function givenOf(row) {
  const asked = row.inputs.map(({ setting }) => setting);
  const hidden = Object.entries(row.kept).filter(([setting]) => !asked.includes(setting));
  const given = asked
    .filter((setting) => isGiven(row, setting))
    .map((setting) => [setting, valueOf(row, setting)]);
  return Object.fromEntries([...given, ...hidden]);
}

export const isOverridden = (row) => Object.keys(givenOf(row)).length > 0;

/** Whether polls would get other values; an own start counts, for the counter then counts apart. */
export const changesAnything = (rows) =>
  rows.some((row) =>
    Object.entries(givenOf(row)).some(
      ([setting, value]) => setting === "start_number" || (value ?? null) !== (row.own[setting] ?? null),
    ),
  );

/** The overrides as they are sent. */
export const entriesOf = (rows) =>
  rows.filter(isOverridden).map((row) => ({ original_field_id: row.id, ...givenOf(row) }));

/** What is wrong with a row, by setting; checked together with the values that it leaves alone. */
export function validateRow(row) {
  const given = givenOf(row);
  if (!Object.keys(given).length) return {};
  const errors = validateField({ ...row.own, ...given, field_name: row.name }, row.texts);
  for (const setting of row.isCounter && isWholeCounter(row.own) ? EXACT_SETTINGS : []) {
    const isFraction = Number.isFinite(Number(given[setting] ?? 0)) && !Number.isInteger(given[setting] ?? 0);
    if (isFraction) errors[setting] ??= "Must be a whole number: this counter counts in whole numbers.";
  }
  const own = (setting) => row.inputs.some((input) => input.setting === setting);
  return Object.fromEntries(Object.entries(errors).filter(([setting]) => own(setting)));
}

/** The texts of a row that is what the collection says. */
export const ownTexts = (row) =>
  Object.fromEntries(row.inputs.map(({ setting }) => [setting, textOf(row, shownOf(row, setting), setting)]));

/** What was typed, as numbers are written; what is no number stays as it is. */
export function tidied(row, setting) {
  const value = typedIn(row, setting, row.texts[setting]);
  const isNumber = value !== null && Number.isFinite(Number(value));
  return isNumber ? textOf(row, value, setting) : row.texts[setting];
}

/** As numbers are written; but never so that it could be read in two ways. */
function textOf(row, value, setting) {
  const text = formatNumber(value, Math.min(decimals(row), 3));
  return !isWhole(row, setting) && !text.includes(".") ? text.replaceAll(",", "") : text;
}

// Quick factors

const decimals = (row) => getDecimals({ ...row.own, ...row.kept });

/** The collection's values times a factor, rounded by the field's type. */
export const multiplied = (row, by) =>
  Object.fromEntries(
    VALUE_TYPES[row.type].settings
      .filter((setting) => SETTINGS[setting].is_scaled)
      .map((setting) => [setting, rounded(row, setting, multiply(row.own[setting], by))]),
  );

function rounded(row, setting, value) {
  if (isInteger(setting)) return Math.round(value) + 0;
  if (!EXACT_SETTINGS.has(setting))
    return Number(VALUE_TYPES[row.type].decimals ? value.toFixed(decimals(row)) : value.toPrecision(15)) + 0;
  if (isExactNumber(value)) return value;
  if (isWholeCounter(row.own)) return Math.max(Math.round(value), 1);
  return Math.max(Number(value.toFixed(10)), 1e-10); // counters are exact to ten decimals
}

/** Whether the factor would change anything: twice nothing is nothing. */
export const canMultiply = (row, by) =>
  Object.entries(multiplied(row, by)).some(([setting, value]) => value !== row.own[setting]);

/** Whether the inputs are the collection's values times the factor. */
export const isMultiplied = (row, by) =>
  canMultiply(row, by) &&
  Object.entries(multiplied(row, by)).every(([setting, value]) => valueOf(row, setting) === value);

/** The texts of the row after a factor was pressed; pressed again, they are the collection's. */
export function pressFactor(row, by) {
  const values = isMultiplied(row, by) ? multiplied(row, 1) : multiplied(row, by);
  const texts = Object.entries(values).map(([setting, value]) => [setting, textOf(row, value, setting)]);
  return { ...row.texts, ...Object.fromEntries(texts) };
}

// In words

function standOf(field) {
  if (!isCounter(field)) return "";
  const stands = field.current_number ?? null;
  return stands === null ? `from ${formatNumber(field.start_number)}` : `now at ${formatNumber(stands)}`;
}

/** "mem_used, temp_c and 3 more". */
export function namesOf(rows, most = 6) {
  const names = rows.slice(0, most).map(({ name, field_name: own }) => name ?? own);
  const more = rows.length - names.length;
  return names.join(", ") + (more ? ` and ${more} more` : "");
}

/** Why a field cannot be overridden. */
export function reasonOf(field) {
  if (field.collection_type === "Configuration") return "Configuration";
  return getType(field).kind_label;
}

/** "text, time and all Configuration fields": what of the collection cannot be overridden. */
export function reasonsOf(fields) {
  const reasons = new Set(fields.map(reasonOf));
  const kinds = Object.values(VALUE_TYPES).map(({ kind_label: label }) => label);
  const parts = [...new Set(kinds)].filter((each) => reasons.has(each));
  if (reasons.has("Configuration")) parts.push("all Configuration");
  const last = parts.pop();
  return parts.length ? `${parts.join(", ")} and ${last} fields` : `${last} fields`;
}
