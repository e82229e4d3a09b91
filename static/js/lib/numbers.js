// Formatting and parsing numbers.

import { isExactNumber, parseExact } from "./exact-number.js";

/** Format a number with thousands separators, all its decimals, and at least `decimals` of them. */
export function formatNumber(value, decimals = 0) {
  if (value === null || value === undefined) return "";
  const [, sign, whole, part = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(value)) ?? [];
  if (whole === undefined) return String(value); // with an exponent, or not a number
  const shown = part.padEnd(decimals, "0");
  return sign + whole.replace(/\B(?=(\d{3})+$)/g, ",") + (shown && `.${shown}`);
}

/** Format an amount: "1 field", "3 fields". */
export const formatCount = (amount, one, many = `${one}s`) => `${formatNumber(amount)} ${amount === 1 ? one : many}`;

const GROUPED = /^[+-]?[1-9]\d{0,2}(?:([, ])\d{3}(?:\1\d{3})*)(?:\.\d*)?$/;
const AMBIGUOUS = /^[+-]?[1-9]\d{0,2},\d{3}$/;

/**
 * Parse a typed number: "1,200" and "0.5" are valid; return null if empty, NaN if invalid. A comma only
 * separates thousands: "0,125" must not silently become 125. If the number may have decimals
 * (`isWhole` is false), "1,250" is ambiguous and invalid.
 */
export function parseNumber(text, isWhole = true) {
  const found = toNumeral(text, isWhole);
  return found === null ? null : Number(found);
}

/** Parse a typed number of a counter, with all its digits. */
export function parseExactNumber(text, isWhole = true) {
  const found = toNumeral(text, isWhole);
  return found === null || Number.isNaN(Number(found)) ? found && NaN : parseExact(found);
}

function toNumeral(text, isWhole) {
  const trimmed = String(text ?? "").trim();
  if (trimmed === "") return null;
  if (!isWhole && AMBIGUOUS.test(trimmed)) return "NaN";
  const plain = GROUPED.test(trimmed) ? trimmed.replace(/[, ]/g, "") : trimmed;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? plain : "NaN";
}

/** Return the error message for a text that is not a number. */
export function getNumberError(text) {
  const trimmed = String(text ?? "").trim();
  if (!/\d*,\d/.test(trimmed)) return "Must be a number, such as 20 or 0.5.";
  const withPoint = trimmed.replace(",", ".");
  const example = Number.isFinite(Number(withPoint)) ? withPoint : "0.5";
  return `Must be a number: use a point, not a comma (${example}).`;
}

/** Return whether a counter counts in whole numbers: its start, step and reset are whole. */
export const isWholeCounter = (field) =>
  [field.start_number, field.step_number, field.reset_number ?? 0].every(
    (value) => !isExactNumber(value) && Number.isInteger(value),
  );
