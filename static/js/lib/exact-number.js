// Numbers of more digits than a double holds: counters are exact to ten decimals. Where a double is the number,
// it is a number; else it is one of these, which is shown and sent with all its digits.

const instances = new Map();

class ExactNumber {
  constructor(text) {
    this.text = text;
    Object.freeze(this); // so Alpine leaves it alone, too
  }

  toString() {
    return this.text;
  }

  toJSON() {
    return this.text;
  }

  /** The nearest double, for what does not have to be exact: drawing, rough comparisons. */
  valueOf() {
    return Number(this.text);
  }
}

export const isExactNumber = (value) => value instanceof ExactNumber;

/** The number that the text writes. Equal ones are the same one, so that === tells. */
export function parseExact(text) {
  const plain = toPlainDecimal(text);
  const double = Number(plain);
  if (!Number.isFinite(double) || toPlainDecimal(String(double)) === plain) return double;
  if (!instances.has(plain)) instances.set(plain, new ExactNumber(plain));
  return instances.get(plain);
}

const NUMERAL = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d{1,4}))?$/i;

/** The numeral without an exponent, a plus, or zeros that say nothing. */
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

/** In units of the last of ten decimals; what is finer is left out. */
function toUnits(value) {
  const [whole, part = ""] = toPlainDecimal(value).split(".");
  return BigInt(whole + part.slice(0, DECIMAL_PLACES).padEnd(DECIMAL_PLACES, "0"));
}

/** Below zero, zero or above it, as the one is less than, equal to or greater than the other. */
export function compareNumbers(one, other) {
  if (!isExactNumber(one) && !isExactNumber(other)) return one - other;
  return Number(toUnits(one) - toUnits(other));
}

/** The product with a small factor of at most one decimal; exact where the value is. */
export function multiply(value, by) {
  if (!isExactNumber(value)) return value * by;
  return parseExact(`${toUnits(value) * BigInt(by * 10)}e-${DECIMAL_PLACES + 1}`);
}

// In JSON

const EXACT = /"(start_number|step_number|reset_number|current_number)":(-?\d[\d.]*)(?=[,}\]\s])/g;
const KEY = "$digits";

/** The value of JSON text; what counters hold with all its digits. */
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

/** JSON text; digits as they are. */
export function toJson(value) {
  const mark = `digits ${Math.random()} `;
  const text = JSON.stringify(value, function (key, given) {
    return isExactNumber(this[key]) ? mark + this[key].text : given;
  });
  return text?.replaceAll(new RegExp(`"${mark}(-?[\\d.]+)"`, "g"), "$1");
}
