// Formatting times in the viewer's zone, and durations. Pure: the current time and the zone are parameters.

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

function getParts(instant, zone) {
  const date = new Date(instant);
  const key = `${date.getTime()} ${zone}`;
  if (!partsCache.has(key)) {
    if (partsCache.size > MAX_CACHED_INSTANTS) partsCache.clear();
    const found = getFormat(zone).formatToParts(date);
    partsCache.set(key, Object.fromEntries(found.map(({ type, value }) => [type, value])));
  }
  return partsCache.get(key);
}

/** Format the wall-clock time: "14:05", or "14:05:09" with seconds. For axes; texts use `formatTime`. */
export function formatClockFace(instant, zone = getZoneName()) {
  const { hour, minute, second } = getParts(instant, zone);
  return second === "00" ? `${hour}:${minute}` : `${hour}:${minute}:${second}`;
}

/** Format the time, with its offset on a day with two offsets: "02:30 +02:00". */
export function formatTime(instant, zone = getZoneName()) {
  return hasTwoOffsets(instant, zone) ? `${formatClockFace(instant, zone)} ${formatIsoOffset(instant, zone)}` : formatClockFace(instant, zone);
}

/** Format the day: "Today", "Wed 25 Nov", in another year "Wed 25 Nov 2027". */
export function formatDay(instant, now, zone = getZoneName()) {
  const then = getParts(instant, zone);
  const today = getParts(now, zone);
  if (getDayKey(then) === getDayKey(today)) return "Today";
  const year = then.year === today.year ? "" : ` ${then.year}`;
  return `${then.weekday} ${Number(then.day)} ${then.month}${year}`;
}

/** Format a window: "Today 14:10–14:40", "Wed 25 Nov 22:00–04:00 +1". */
export const formatWindow = (start, end, now, zone = getZoneName()) =>
  `${formatDay(start, now, zone)} ${formatTimeRange(start, end, zone)}`;

/**
 * Format the times of a window: "14:10–14:40", "22:00–04:00 +1"; on a day with two offsets "02:30 +02:00 – 02:30
 * +01:00".
 */
export function formatTimeRange(start, end, zone = getZoneName()) {
  const days = countDaysBetween(start, end, zone);
  if (![start, end].some((instant) => hasTwoOffsets(instant, zone))) {
    const later = days ? ` +${days}` : "";
    return `${formatClockFace(start, zone)}–${formatClockFace(end, zone)}${later}`;
  }
  const told = (instant) => `${formatClockFace(instant, zone)} ${formatIsoOffset(instant, zone)}`;
  const later = days ? ` (+${days})` : "";
  return `${told(start)} – ${told(end)}${later}`;
}

/** Format a date and time: "Wed 25 Nov 14:05", "Today 14:05". */
export const formatDateTime = (instant, now, zone = getZoneName()) => `${formatDay(instant, now, zone)} ${formatTime(instant, zone)}`;

/** Format a date and time without "Today": "14:05", "Wed 25 Nov 14:05". */
export const formatShortDateTime = (instant, now, zone) => omitToday(formatDateTime(instant, now, zone));

/** Format a window without "Today": "14:10–14:40", "Wed 25 Nov 22:00–04:00 +1". */
export const formatShortWindow = (start, end, now, zone) => omitToday(formatWindow(start, end, now, zone));

const omitToday = (text) => text.replace(/^Today /, "");

/** Format in UTC, for a tooltip: "2026-11-25 13:05:00 UTC". */
export function formatUtc(instant) {
  const text = new Date(instant).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 19)} UTC`;
}

/** Format a window in UTC, for a tooltip. */
export const formatUtcRange = (start, end) => `${formatUtc(start)} to ${formatUtc(end)}`;

/** Format a duration: "45 s", "30 min", "1 h 37 min", "2 days 17 h". */
export function formatDuration(milliseconds) {
  const seconds = Math.round(Math.abs(milliseconds) / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 && minutes < 5 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  const days = Math.floor(hours / 24);
  const rest = hours % 24 ? ` ${hours % 24} h` : "";
  return `${days} ${days === 1 ? "day" : "days"}${rest}`;
}

/** Format a duration exactly, as it is typed: "2h 30m"; "" for zero. */
export function toDurationText(milliseconds) {
  let rest = Math.round(milliseconds / 1000);
  const getParts = [];
  for (const [unit, size] of [["d", 86_400], ["h", 3600], ["m", 60], ["s", 1]]) {
    if (rest >= size) getParts.push(`${Math.floor(rest / size)}${unit}`);
    rest %= size;
  }
  return getParts.join(" ");
}

/** Format a countdown: "3:05", "1:22:42"; never below zero. */
export function formatCountdown(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  if (hours >= 48) return formatDuration(milliseconds);
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

const RELATIVE_DAYS_FROM = 2;

/** Format how far away an instant is: "2 s ago", "in 37 min", "in 90 days", "just now" within one `stepMs`. */
export function formatRelative(instant, now, stepMs = 1000) {
  const distance = new Date(instant) - now;
  const length = Math.floor(Math.abs(distance) / stepMs) * stepMs;
  if (length < stepMs) return "just now";
  const days = Math.round(length / DAY_MS);
  const words = days >= RELATIVE_DAYS_FROM ? `${days} days` : formatDuration(length);
  return distance > 0 ? `in ${words}` : `${words} ago`;
}

/** Format how long ago something happened; clocks that differ never make it "in 2 s". */
export const formatAgo = (instant, now, stepMs) => formatRelative(instant, Math.max(now, new Date(instant)), stepMs);

/** Format the state of a window: "starts in 12 min", "ends in 3:05", "ended 2 h ago". */
export function formatWindowState(start, end, now) {
  if (now < new Date(start)) return `starts in ${formatDuration(new Date(start) - now)}`;
  if (now < new Date(end)) return `ends in ${formatCountdown(new Date(end) - now)}`;
  return `ended ${formatDuration(now - new Date(end))} ago`;
}

/** Return the status of a window at `now`, by the server's rule, so that badges change without a reload. */
export function getWindowStatus(start, end, now) {
  if (now >= new Date(end)) return "expired";
  return now >= new Date(start) ? "active" : "scheduled";
}

/** Return an instant as the value of a datetime-local input. */
export function toInputValue(instant, zone = getZoneName()) {
  const [date, time] = new Date(toWallTime(instant, zone)).toISOString().split("T");
  return `${date}T${time.slice(0, time.startsWith(":00.", 5) ? 5 : 8)}`;
}

/** Parse the value of a datetime-local input; null if incomplete, and the first of two instants. */
export function parseInputValue(text, zone = getZoneName()) {
  const wall = parseWallTime(text);
  return wall === null ? null : new Date(getInstants(text, zone)[0] ?? skipGap(wall, zone));
}

// Clock changes
// A wall time is the local time of a zone, expressed as the milliseconds of the same UTC time.

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

function toUtcTimestamp(year, month, date, hour = 0, minute = 0, second = 0) {
  const made = new Date(Date.UTC(2000, month, date, hour, minute, second));
  return made.setUTCFullYear(year, month, date); // Date.UTC takes the year 27 for 1927
}

/** Return the wall time of an instant, to the second. */
function toWallTime(instant, zone) {
  const { year, month, day: date, hour, minute, second } = getParts(instant, zone);
  return toUtcTimestamp(Number(year), MONTHS.indexOf(month.slice(0, 3)), Number(date), +hour, +minute, +second);
}

/** Return how far the zone is ahead of UTC, in milliseconds. */
const getUtcOffset = (instant, zone) => toWallTime(instant, zone) - Math.floor(new Date(instant) / 1000) * 1000;

const INPUT_VALUE = /^(\d{4,6})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?$/;

function parseWallTime(text) {
  const found = INPUT_VALUE.exec(text ?? "");
  if (!found) return null;
  const [year, month, date, hour, minute, second, part] = found.slice(1).map((each) => each ?? "0");
  const isClock = month >= 1 && month <= 12 && date >= 1 && date <= 31 && hour < 24 && minute < 60 && second < 60;
  return isClock ? toUtcTimestamp(+year, month - 1, +date, +hour, +minute, +second) + Number(part.padEnd(3, "0")) : null;
}

/** Return the instants of a local time: none if it is skipped, two if it occurs twice. */
export function getInstants(text, zone = getZoneName()) {
  const wall = parseWallTime(text);
  if (wall === null) return [];
  const offsets = new Set([-DAY_MS, 0, DAY_MS].map((away) => getUtcOffset(wall + away, zone)));
  const found = [...offsets].map((ahead) => wall - ahead);
  return found.filter((at) => at + getUtcOffset(at, zone) === wall).sort((one, other) => one - other);
}

/** A skipped time is moved forward by the length of the gap. */
const skipGap = (wall, zone) => wall - getUtcOffset(wall - DAY_MS, zone);

/** Return the gap `{from, to}` if the clocks skip this time; else null. */
export function findGap(text, zone = getZoneName()) {
  const wall = parseWallTime(text);
  if (wall === null || getInstants(text, zone).length) return null;
  let [before, after] = [wall - 2 * DAY_MS, wall + 2 * DAY_MS];
  const ahead = getUtcOffset(before, zone);
  while (after - before > 1000) {
    const middle = Math.floor((before + after) / 2000) * 1000;
    if (getUtcOffset(middle, zone) === ahead) before = middle;
    else after = middle;
  }
  const shown = (at) => formatClockFace(at, "UTC");
  return { from: shown(after + ahead), to: shown(after + getUtcOffset(after, zone)) };
}

const NEAR_MS = 3 * 3_600_000;

/**
 * Return the instant of a typed local time. If it occurs twice, use the first, unless only the second
 * is later than `after`; or the second, if `before` was in the second hour and changed little. A skipped time is moved
 * forward. Return null if the text is incomplete.
 */
export function resolveInput(text, { before = null, after = null } = {}, zone = getZoneName()) {
  const [first, second] = getInstants(text, zone);
  if (second === undefined) return parseInputValue(text, zone)?.getTime() ?? null;
  const isNear = before !== null && Math.min(Math.abs(first - before), Math.abs(second - before)) <= NEAR_MS;
  if (isNear && getUtcOffset(before, zone) === getUtcOffset(second, zone)) return second;
  return after !== null && first <= after ? second : first;
}

/** Return an instant some days after today, at a full hour. */
export function getInstantInDays(days, hour, now, zone = getZoneName()) {
  const today = Math.floor(toWallTime(now, zone) / DAY_MS) * DAY_MS;
  return parseInputValue(new Date(today + days * DAY_MS + hour * 60 * MINUTE_MS).toISOString().slice(0, 16), zone).getTime();
}

/** 0 on a Sunday. */
export const getWeekday = (instant, zone = getZoneName()) => new Date(toWallTime(instant, zone)).getUTCDay();

/** "+02:00". */
function formatIsoOffset(instant, zone) {
  const minutes = Math.round(getUtcOffset(instant, zone) / MINUTE_MS);
  const two = (value) => String(Math.floor(value)).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
}

// Lists ask for each row every second: cache it per day.
const twoOffsetsCache = new Map();
const MAX_CACHED_DAYS = 5000;

/** Return whether the day of this instant has two UTC offsets. */
function hasTwoOffsets(instant, zone) {
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

const getDayKey = ({ year, month, day: date }) => `${year} ${month} ${date}`;

function countDaysBetween(start, end, zone) {
  const midnight = (instant) => {
    const { year, month, day: date } = getParts(instant, zone);
    return Date.parse(`${date} ${month} ${year} UTC`);
  };
  return Math.round((midnight(end) - midnight(start)) / 86_400_000);
}
