// What a time zone does to instants: wall times, offsets, and days on which the clocks change. A wall time is the
// local time of a zone, expressed as the milliseconds of the same UTC time. Pure: the zone is a parameter.

export const DAY_MS = 86_400_000;
export const MINUTE_MS = 60_000;

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

export const getZoneName = () => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

// Creating a format is slow, and lists show many times every second: cache one per zone.
const formats = new Map();

function getFormat(zone) {
  if (!formats.has(zone)) formats.set(zone, new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...FORMAT_OPTIONS }));
  return formats.get(zone);
}

const FORMAT_OPTIONS = {
  weekday: "short",
  year: "numeric",
  month: "short",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
};

// Formatting is slow as well, and most instants are shown repeatedly.
const partsCache = new Map();
const MAX_CACHED_INSTANTS = 5000;

/** Return the parts of the local time by their names in Intl: `{weekday, year, month, …}`, as texts. */
export function getParts(instant, zone) {
  const date = new Date(instant);
  const key = `${date.getTime()} ${zone}`;
  if (!partsCache.has(key)) {
    if (partsCache.size > MAX_CACHED_INSTANTS) partsCache.clear();
    const found = getFormat(zone).formatToParts(date);
    partsCache.set(key, Object.fromEntries(found.map(({ type, value }) => [type, value])));
  }
  return partsCache.get(key);
}

export function toUtcTimestamp(year, month, date, hour = 0, minute = 0, second = 0) {
  const made = new Date(Date.UTC(2000, month, date, hour, minute, second));
  return made.setUTCFullYear(year, month, date); // Date.UTC takes the year 27 for 1927
}

/** Return the wall time of an instant, to the second. */
export function toWallTime(instant, zone) {
  const { year, month, day: date, hour, minute, second } = getParts(instant, zone);
  return toUtcTimestamp(Number(year), MONTHS.indexOf(month.slice(0, 3)), Number(date), +hour, +minute, +second);
}

/** Return how far the zone is ahead of UTC, in milliseconds. */
export const getUtcOffset = (instant, zone) => toWallTime(instant, zone) - Math.floor(new Date(instant) / 1000) * 1000;

/** Format the offset as ISO 8601 does: "+02:00". */
export function formatIsoOffset(instant, zone) {
  const minutes = Math.round(getUtcOffset(instant, zone) / MINUTE_MS);
  const two = (value) => String(Math.floor(value)).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
}

// Lists ask for each row every second: cache it per day.
const twoOffsetsCache = new Map();
const MAX_CACHED_DAYS = 5000;

/** Return whether the day of this instant has two UTC offsets. */
export function hasTwoOffsets(instant, zone) {
  const { year, month, day: date } = getParts(instant, zone);
  const key = `${zone} ${year} ${month} ${date}`;
  if (twoOffsetsCache.size > MAX_CACHED_DAYS) twoOffsetsCache.clear();
  if (!twoOffsetsCache.has(key)) twoOffsetsCache.set(key, doClocksChange(new Date(instant).getTime(), zone));
  return twoOffsetsCache.get(key);
}

function doClocksChange(instant, zone) {
  const midnight = Math.floor(toWallTime(instant, zone) / DAY_MS) * DAY_MS;
  const ends = [midnight - DAY_MS / 4, midnight + 1.25 * DAY_MS].map((wall) => wall - getUtcOffset(instant, zone));
  if (getUtcOffset(ends[0], zone) === getUtcOffset(ends[1], zone)) return false;
  const offsets = new Set();
  for (let at = ends[0]; at < ends[1]; at += 15 * MINUTE_MS) {
    const wall = toWallTime(at, zone);
    if (wall >= midnight && wall < midnight + DAY_MS) offsets.add(getUtcOffset(at, zone));
  }
  return offsets.size > 1;
}

/** Format the offset of a zone at an instant: "UTC+1". */
export function formatOffset(instant, zone = getZoneName()) {
  const name = new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeZoneName: "shortOffset" })
    .formatToParts(new Date(instant))
    .find(({ type }) => type === "timeZoneName").value;
  return name.replace("GMT", "UTC");
}
