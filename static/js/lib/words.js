// Fields and their rules in words.

import { exact, isDigits } from "./digits.js";

export const LABELS = {
  TEXT_FIXED: "Fixed text",
  NUMBER_FIXED: "Fixed integer",
  FLOAT_FIXED: "Fixed float",
  EPOCH_NOW: "Time of the poll",
  NUMBER_RANGE: "Random integer",
  FLOAT_RANGE: "Random float",
  INCREMENT: "Counts up",
  DECREMENT: "Counts down",
};

/** The settings of each value type, needed ones first; the same as the server's catalogue. */
export const SETTINGS = {
  TEXT_FIXED: ["fixed_value_text"],
  NUMBER_FIXED: ["fixed_value_number"],
  FLOAT_FIXED: ["fixed_value_float"],
  EPOCH_NOW: [],
  NUMBER_RANGE: ["range_start_number", "range_end_number"],
  FLOAT_RANGE: ["range_start_float", "range_end_float", "float_precision"],
  INCREMENT: ["start_number", "step_number", "reset_number", "randomization_percentage"],
  DECREMENT: ["start_number", "step_number", "reset_number", "randomization_percentage"],
};

/** A number with thousands separators and its own decimals; at least `decimals` of them. */
export function number(value, decimals = 0) {
  if (value === null || value === undefined) return "";
  const [, sign, whole, part = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(value)) ?? [];
  if (whole === undefined) return String(value); // with an exponent, or none at all
  const shown = part.padEnd(decimals, "0");
  return sign + whole.replace(/\B(?=(\d{3})+$)/g, ",") + (shown && `.${shown}`);
}

/** A field's rule in words: "random 5 to 20", "counts up from 10 by 5, back at 30". */
export function rule(field) {
  switch (field.value_type) {
    case "TEXT_FIXED":
      return `fixed text “${field.fixed_value_text}”`;
    case "NUMBER_FIXED":
      return `fixed at ${number(field.fixed_value_number)}`;
    case "FLOAT_FIXED":
      return `fixed at ${number(field.fixed_value_float)}`;
    case "EPOCH_NOW":
      return "time of the poll";
    case "NUMBER_RANGE":
      return `random ${number(field.range_start_number)} to ${number(field.range_end_number)}`;
    case "FLOAT_RANGE":
      return `random ${float(field, "range_start_float")} to ${float(field, "range_end_float")}`;
    default:
      return counter(field);
  }
}

const float = (field, name) => number(field[name], Math.min(field.float_precision ?? 2, 3));

function counter(field) {
  const up = field.value_type === "INCREMENT" ? "counts up" : "counts down";
  const spread = field.randomization_percentage ? ` ± ${number(field.randomization_percentage)} %` : "";
  const back = field.reset_number === null || field.reset_number === undefined ? "" : `, back at ${number(field.reset_number)}`;
  return `${up} from ${number(field.start_number)} by ${number(field.step_number)}${spread}${back}`;
}

/** The rule in few words, for old beside new: "90–100", "+25 a poll", "14.5". */
export function brief(field) {
  switch (field.value_type) {
    case "NUMBER_RANGE":
      return between(number(field.range_start_number), number(field.range_end_number));
    case "FLOAT_RANGE":
      return between(float(field, "range_start_float"), float(field, "range_end_float"));
    case "INCREMENT":
      return `+${number(field.step_number)} a poll`;
    case "DECREMENT":
      return `−${number(field.step_number)} a poll`;
    default:
      return rule(field).replace(/^fixed (at|text) /, "");
  }
}

// A dash between the ends, unless it would meet a minus.
const between = (start, end) => (`${start}${end}`.includes("-") ? `${start} to ${end}` : `${start}–${end}`);

/** "1 field", "3 fields". */
export const count = (amount, one, many = `${one}s`) => `${number(amount)} ${amount === 1 ? one : many}`;

const GROUPED = /^[+-]?[1-9]\d{0,2}(?:([, ])\d{3}(?:\1\d{3})*)(?:\.\d*)?$/;
const EITHER_WAY = /^[+-]?[1-9]\d{0,2},\d{3}$/;

/**
 * A number that was typed: "1,200" and "0.5" are right; null where empty, NaN where it is none. A comma only
 * stands between thousands: "0,125" must not quietly become 125. Where the number may have decimals
 * (`isWhole` is false), "1,250" can be read in two ways, and is none.
 */
export function typed(text, isWhole = true) {
  const found = numeralOf(text, isWhole);
  return found === null ? null : Number(found);
}

/** The same for what a counter holds: with all its digits. */
export function typedExact(text, isWhole = true) {
  const found = numeralOf(text, isWhole);
  return found === null || Number.isNaN(Number(found)) ? found && NaN : exact(found);
}

function numeralOf(text, isWhole) {
  const given = String(text ?? "").trim();
  if (given === "") return null;
  if (!isWhole && EITHER_WAY.test(given)) return "NaN";
  const plain = GROUPED.test(given) ? given.replace(/[, ]/g, "") : given;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? plain : "NaN";
}

/** What is wrong with a text that is no number. */
export function numberFault(text) {
  const given = String(text ?? "").trim();
  if (!/\d*,\d/.test(given)) return "Must be a number, such as 20 or 0.5.";
  const mended = given.replace(",", ".");
  const example = Number.isFinite(Number(mended)) ? mended : "0.5";
  return `Must be a number: use a point, not a comma (${example}).`;
}

/** What is sent and compared of a setting: with all its digits where it is a counter's. */
export const EXACT_SETTINGS = new Set(["start_number", "step_number", "reset_number"]);

/** Whether a counter counts in whole numbers: where its start, its step and its reset are whole. */
export const isWholeCounter = (field) =>
  [field.start_number, field.step_number, field.reset_number ?? 0].every(
    (value) => !isDigits(value) && Number.isInteger(value),
  );
