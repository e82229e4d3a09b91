// What a spike overrides: a row for each field that it may, with the collection's values beside its own.

import { isExactNumber, multiply } from "./exact-number.js";
import { faultsOf } from "./field-rules.js";
import { EXACT_SETTINGS, SETTINGS, formatCount, isWholeCounter, formatNumber, parseNumber, parseExactNumber } from "./numbers.js";

export const FACTORS = [
  { label: "÷2", by: 0.5, words: "half" },
  { label: "×2", by: 2, words: "twice" },
  { label: "×5", by: 5, words: "5 times" },
  { label: "×10", by: 10, words: "10 times" },
];

const COUNTER = [
  ["start_number", "start"],
  ["step_number", "step"],
  ["randomization_percentage", "± %"],
  ["reset_number", "back at"],
];

/** The inputs of each value type; what stands in a counter's boxes. */
const INPUTS = {
  NUMBER_FIXED: [["fixed_value_number", ""]],
  FLOAT_FIXED: [["fixed_value_float", ""]],
  NUMBER_RANGE: [
    ["range_start_number", ""],
    ["range_end_number", ""],
  ],
  FLOAT_RANGE: [
    ["range_start_float", ""],
    ["range_end_float", ""],
  ],
  INCREMENT: COUNTER,
  DECREMENT: COUNTER,
};

/** What a quick factor multiplies. */
const MULTIPLIED = {
  NUMBER_FIXED: ["fixed_value_number"],
  FLOAT_FIXED: ["fixed_value_float"],
  NUMBER_RANGE: ["range_start_number", "range_end_number"],
  FLOAT_RANGE: ["range_start_float", "range_end_float"],
  INCREMENT: ["step_number"],
  DECREMENT: ["step_number"],
};

const SPOKEN = {
  fixed_value_number: "value",
  fixed_value_float: "value",
  range_start_number: "from",
  range_end_number: "to",
  range_start_float: "from",
  range_end_float: "to",
  start_number: "start",
  step_number: "step",
  randomization_percentage: "step varies by ± %",
  reset_number: "back at",
};

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
    rule: besideOf(field),
    stand: standOf(field),
    isRange: type.endsWith("RANGE"),
    isCounter: INPUTS[type] === COUNTER,
    inputs: INPUTS[type].map(([setting, inset], index) => ({
      setting,
      inset,
      id: `override-${field.id}-${setting}`,
      label: `${field.field_name}: ${SPOKEN[setting]}`,
      joins: type.endsWith("RANGE") && index === 1,
    })),
    isUp: Object.keys(given).length > 0,
    isMoving: false,
    cameUp: false,
    stop: 0,
  };
  for (const { setting } of row.inputs) {
    row.texts[setting] = textOf(row, setting in given ? given[setting] : shownOf(row, setting), setting);
  }
  return row;
}

/**
 * The settings of a copy that are its own: those that its author gave, and where there are such, those in which
 * the collection's field was changed since: the copy kept what it had, and that is what polls get. Not a start
 * that nobody gave: the counter goes on.
 */
export function givenOfCopy(copy) {
  const given = copy.overridden_settings ?? [];
  const original = copy.original?.value_type === copy.value_type ? copy.original : null;
  const left = (given.length && original ? SETTINGS[copy.value_type] : []).filter(
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
  return value === null && setting === "randomization_percentage" ? 0 : value;
}

/** Whether a setting only takes whole numbers: a comma then stands between thousands. */
const isWhole = (row, setting) =>
  setting.endsWith("_number") && (!EXACT_SETTINGS.has(setting) || isWholeCounter(row.own));

const typedIn = (row, setting, text) =>
  (EXACT_SETTINGS.has(setting) ? parseExactNumber : parseNumber)(text, isWhole(row, setting));

/** Whether the author gave this setting: it differs from the collection's, or was given before and stands. */
export function isGiven(row, setting) {
  const value = valueOf(row, setting);
  if (setting in row.kept && value === row.kept[setting]) return true;
  const own = shownOf(row, setting);
  return value !== (setting === "randomization_percentage" ? (own ?? 0) : own);
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
export function rowFaults(row) {
  const given = givenOf(row);
  if (!Object.keys(given).length) return {};
  const faults = faultsOf({ ...row.own, ...given, field_name: row.name }, row.texts);
  for (const setting of row.isCounter && isWholeCounter(row.own) ? EXACT_SETTINGS : []) {
    const isFraction = Number.isFinite(Number(given[setting] ?? 0)) && !Number.isInteger(given[setting] ?? 0);
    if (isFraction) faults[setting] ??= "Must be a whole number: this counter counts in whole numbers.";
  }
  const own = (setting) => row.inputs.some((input) => input.setting === setting);
  return Object.fromEntries(Object.entries(faults).filter(([setting]) => own(setting)));
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
  const text = formatNumber(value, row.type === "FLOAT_RANGE" ? Math.min(decimals(row), 3) : 0);
  return !isWhole(row, setting) && !text.includes(".") ? text.replaceAll(",", "") : text;
}

/** Values that another field of the same name and type takes over, when another collection is chosen. */
export function carriedOver(rows, fields) {
  const found = {};
  for (const row of rows.filter(isOverridden)) {
    const twin = fields.find((field) => field.field_name === row.name && field.value_type === row.type);
    const differs = ([setting, value]) => twin[setting] !== value;
    if (twin) found[twin.id] = Object.fromEntries(Object.entries(givenOf(row)).filter(differs));
  }
  return found;
}

// Quick factors

const decimals = (row) => row.kept.float_precision ?? row.own.float_precision ?? 2;

/** The collection's values times a factor, rounded by the field's type. */
export const multiplied = (row, by) =>
  Object.fromEntries(MULTIPLIED[row.type].map((setting) => [setting, rounded(row, multiply(row.own[setting], by))]));

function rounded(row, value) {
  if (row.type.startsWith("NUMBER")) return Math.round(value) + 0;
  if (row.type === "FLOAT_FIXED") return Number(value.toPrecision(15)) + 0;
  if (row.type === "FLOAT_RANGE") return Number(value.toFixed(decimals(row))) + 0;
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

/** "random, 1 decimal", "counts up". */
export function kindOf(field) {
  const places = field.float_precision ?? 2;
  const kinds = {
    NUMBER_RANGE: "random, whole",
    FLOAT_RANGE: `random, ${formatCount(places, "decimal")}`,
    INCREMENT: "counts up",
    DECREMENT: "counts down",
  };
  return kinds[field.value_type] ?? "fixed";
}

/** The collection's rule as it stands beside the spike's inputs: "120 to 180", "by 1 ± 50 %". */
function besideOf(field) {
  const decimalsShown = field.value_type === "FLOAT_RANGE" ? Math.min(field.float_precision ?? 2, 3) : 0;
  const shown = (setting) => formatNumber(field[setting], decimalsShown);
  const [first, second] = INPUTS[field.value_type];
  if (field.value_type.endsWith("RANGE")) return `${shown(first[0])} to ${shown(second[0])}`;
  if (INPUTS[field.value_type] !== COUNTER) return shown(first[0]);
  const spread = field.randomization_percentage ? ` ± ${formatNumber(field.randomization_percentage)} %` : "";
  return `by ${shown("step_number")}${spread}`;
}

function standOf(field) {
  if (INPUTS[field.value_type] !== COUNTER) return "";
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
  return field.value_type === "EPOCH_NOW" ? "time" : "text";
}

/** "text, time and all Configuration fields": what of the collection cannot be overridden. */
export function reasonsOf(fields) {
  const reasons = new Set(fields.map(reasonOf));
  const parts = ["text", "time"].filter((each) => reasons.has(each));
  if (reasons.has("Configuration")) parts.push("all Configuration");
  const last = parts.pop();
  return parts.length ? `${parts.join(", ")} and ${last} fields` : `${last} fields`;
}
