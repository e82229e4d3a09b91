// Durations as people type them: "2h 30m", "90 min", "1:30", "45s", "1.5 h", "1d".

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const UNITS = new Map([
  ["w", ["w", "week", "weeks", 7 * DAY_MS]],
  ["d", ["d", "day", "days", DAY_MS]],
  ["h", ["h", "hr", "hrs", "hour", "hours", HOUR_MS]],
  ["m", ["m", "min", "mins", "minute", "minutes", MINUTE_MS]],
  ["s", ["s", "sec", "secs", "second", "seconds", SECOND_MS]],
]);
const MAX_MS = 3_000_000 * DAY_MS; // longer than any window can be
const PART = /^(\d+(?:\.\d+)?)\s*([a-z]+)/;
const EXAMPLES = "such as 2h 30m, 90m, 1:30 or 1d";

const error = (words) => ({ length: null, error: words });

/** Parse a typed duration as `{length, error}`: milliseconds and "", or null and a message. */
export function parseDuration(text) {
  const input = text.trim().toLowerCase();
  if (!input) return error(`Enter a duration, ${EXAMPLES}.`);
  if (input.startsWith("-") || input.startsWith("−")) return error("Must be greater than zero.");
  if (input.includes(":")) return checkRange(parseClock(input));
  const [, hours, minutes] = /^(\d+)\s*h\s*(\d{1,2})$/.exec(input) ?? [];
  if (hours !== undefined) return checkRange(parseClock(`${hours}:${minutes}`));
  if (/\d,\d/.test(input)) return error("Use a point, not a comma: 1.5h.");
  if (/^\d+(\.\d+)?$/.test(input)) return error(`Add a unit: ${input}m or ${input}h.`);
  return checkRange(parseUnits(input));
}

function parseClock(input) {
  const [, hours, minutes, seconds = "0"] = /^(\d+):(\d{1,2})(?::(\d{1,2}))?$/.exec(input) ?? [];
  if (hours === undefined) return error(`“${input}” is not a duration. Use a format ${EXAMPLES}.`);
  if (minutes > 59 || seconds > 59) return error("Minutes and seconds go from 0 to 59: 1:30 is 1 hour 30 minutes.");
  return { length: hours * HOUR_MS + minutes * MINUTE_MS + seconds * SECOND_MS, error: "" };
}

function parseUnits(input) {
  let [rest, length] = [input, 0];
  const seen = new Set();
  while (rest) {
    const [part, amount, word] = PART.exec(rest) ?? [];
    const unit = [...UNITS.keys()].find((key) => UNITS.get(key).includes(word));
    if (!unit) return error(`“${part ?? rest}” is not a duration. Use a format ${EXAMPLES}.`);
    if (seen.has(unit)) return error(`“${UNITS.get(unit).at(-2)}” appears twice.`);
    seen.add(unit);
    length += amount * UNITS.get(unit).at(-1);
    rest = rest.slice(part.length).replace(/^[\s,]*(and\s+)?/, "");
  }
  return { length: Math.round(length), error: "" };
}

function checkRange(found) {
  if (found.error) return found;
  if (found.length === 0) return error("Must be greater than zero.");
  if (found.length > MAX_MS) return error("Too long.");
  return found.length % SECOND_MS ? error("Must be a whole number of seconds.") : found;
}
