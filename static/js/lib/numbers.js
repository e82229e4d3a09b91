// Numbers as they are shown and typed, and the settings that hold them.

import { parseExact, isExactNumber } from "./exact-number.js";

/** A number with thousands separators and its own decimals; at least `decimals` of them. */
export function formatNumber(value, decimals = 0) {
  if (value === null || value === undefined) return "";
  const [, sign, whole, part = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(value)) ?? [];
  if (whole === undefined) return String(value); // with an exponent, or none at all
  const shown = part.padEnd(decimals, "0");
  return sign + whole.replace(/\B(?=(\d{3})+$)/g, ",") + (shown && `.${shown}`);
}

/** "1 field", "3 fields". */
export const formatCount = (amount, one, many = `${one}s`) => `${formatNumber(amount)} ${amount === 1 ? one : many}`;

const GROUPED = /^[+-]?[1-9]\d{0,2}(?:([, ])\d{3}(?:\1\d{3})*)(?:\.\d*)?$/;
const AMBIGUOUS = /^[+-]?[1-9]\d{0,2},\d{3}$/;

/**
 * A number that was typed: "1,200" and "0.5" are right; null where empty, NaN where it is none. A comma only
 * stands between thousands: "0,125" must not quietly become 125. Where the number may have decimals
 * (`isWhole` is false), "1,250" can be read in two ways, and is none.
 */
export function parseNumber(text, isWhole = true) {
  const found = toNumeral(text, isWhole);
  return found === null ? null : Number(found);
}

/** The same for what a counter holds: with all its digits. */
export function parseExactNumber(text, isWhole = true) {
  const found = toNumeral(text, isWhole);
  return found === null || Number.isNaN(Number(found)) ? found && NaN : parseExact(found);
}

function toNumeral(text, isWhole) {
  const given = String(text ?? "").trim();
  if (given === "") return null;
  if (!isWhole && AMBIGUOUS.test(given)) return "NaN";
  const plain = GROUPED.test(given) ? given.replace(/[, ]/g, "") : given;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? plain : "NaN";
}

/** What is wrong with a text that is no number. */
export function getNumberError(text) {
  const given = String(text ?? "").trim();
  if (!/\d*,\d/.test(given)) return "Must be a number, such as 20 or 0.5.";
  const mended = given.replace(",", ".");
  const example = Number.isFinite(Number(mended)) ? mended : "0.5";
  return `Must be a number: use a point, not a comma (${example}).`;
}

/** Whether a counter counts in whole numbers: where its start, its step and its reset are whole. */
export const isWholeCounter = (field) =>
  [field.start_number, field.step_number, field.reset_number ?? 0].every(
    (value) => !isExactNumber(value) && Number.isInteger(value),
  );
