// Numbers with more digits than a double: counters are exact to ten decimals. If a double can represent the number,
// a number is used; otherwise an ExactNumber, which is shown and sent with all its digits.

import { EXACT_SETTINGS } from "./value-types.js";

const instances = new Map();

class ExactNumber {
  constructor(text) {
    this.text = text;
    Object.freeze(this); // so that Alpine does not wrap it in a proxy
  }

  toString() {
    return this.text;
  }

  toJSON() {
    return this.text;
  }

  /** Return the nearest double, for drawing and rough comparisons. */
  valueOf() {
    return Number(this.text);
  }
}

export const isExactNumber = (value) => value instanceof ExactNumber;

/** Parse a numeral. Equal numbers are the same instance, so that === works. */
export function parseExact(text) {
  const plain = toPlainDecimal(text);
  const double = Number(plain);
  if (!Number.isFinite(double) || toPlainDecimal(String(double)) === plain) return double;
  if (!instances.has(plain)) instances.set(plain, new ExactNumber(plain));
  return instances.get(plain);
}

const NUMERAL = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d{1,4}))?$/i;

/** Return the numeral without exponent, plus sign or redundant zeros. */
export function toPlainDecimal(text) {
  const [, sign, whole, part, power = "0"] = NUMERAL.exec(text) ?? [];
  if (whole === undefined || !(whole + part)) return String(text);
  const point = whole.length + Number(power);
  const all = `${whole}${part}`;
  const digits = all.padStart(all.length + Math.max(0, -point), "0").padEnd(Math.max(point, 0), "0");
  const at = Math.max(point, 0);
  const before = digits.slice(0, at).replace(/^0+/, "") || "0";
  const after = digits.slice(at).replace(/0+$/, "");
  const plain = after ? `${before}.${after}` : before;
  return sign === "-" && plain !== "0" ? `-${plain}` : plain;
}

const DECIMAL_PLACES = 10;

/** Return the value in units of the tenth decimal; further decimals are dropped. */
function toUnits(value) {
  const [whole, part = ""] = toPlainDecimal(value).split(".");
  return BigInt(whole + part.slice(0, DECIMAL_PLACES).padEnd(DECIMAL_PLACES, "0"));
}

/** Compare two numbers: negative, zero or positive. */
export function compareNumbers(one, other) {
  if (!isExactNumber(one) && !isExactNumber(other)) return one - other;
  return Number(toUnits(one) - toUnits(other));
}

/** Multiply by a small factor with at most one decimal; exact if the value is. */
export function multiply(value, by) {
  if (!isExactNumber(value)) return value * by;
  return parseExact(`${toUnits(value) * BigInt(by * 10)}e-${DECIMAL_PLACES + 1}`);
}

// In JSON

// The catalogue says which settings are exact; a counter's present value is as exact as they are.
const NAMES = [...EXACT_SETTINGS, "current_number"];
const EXACT = new RegExp(`"(${NAMES.join("|")})":(-?\\d[\\d.]*)(?=[,}\\]\\s])`, "g");
const KEY = "$digits";

/** Parse JSON text; exact settings and the values of counters keep all digits. */
export function fromJson(text) {
  let isExact = false;
  const marked = text.replace(EXACT, (all, name, numeral) => {
    if (!isExactNumber(parseExact(numeral))) return all;
    isExact = true;
    return `"${name}":{"${KEY}":"${numeral}"}`;
  });
  if (!isExact) return JSON.parse(text);
  return JSON.parse(marked, (_, value) => (value?.[KEY] === undefined ? value : parseExact(value[KEY])));
}

/** Serialize to JSON text; exact numbers keep all digits. */
export function toJson(value) {
  const mark = `digits ${Math.random()} `;
  const text = JSON.stringify(value, function (key, item) {
    return isExactNumber(this[key]) ? mark + this[key].text : item;
  });
  return text?.replaceAll(new RegExp(`"${mark}(-?[\\d.]+)"`, "g"), "$1");
}
