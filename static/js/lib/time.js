// Instants in the viewer's zone, lengths in words. Pure: what time it is, and which zone, is given.

export const zoneName = () => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

// Making a format is slow, and lists show many times every second: one for each zone is kept.
const formats = new Map();

function formatOf(zone) {
  if (!formats.has(zone)) formats.set(zone, new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...SHOWN }));
  return formats.get(zone);
}

const SHOWN = {
  weekday: "short",
  year: "numeric",
  month: "short",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
};

const parts = (instant, zone) =>
  Object.fromEntries(
    formatOf(zone)
      .formatToParts(new Date(instant))
      .map(({ type, value }) => [type, value]),
  );

/** "14:05", or "14:05:09" where there are seconds. */
export function clock(instant, zone = zoneName()) {
  const { hour, minute, second } = parts(instant, zone);
  return second === "00" ? `${hour}:${minute}` : `${hour}:${minute}:${second}`;
}

/** "Today", "Wed 25 Nov", and with another year "Wed 25 Nov 2027". */
export function day(instant, now, zone = zoneName()) {
  const then = parts(instant, zone);
  const today = parts(now, zone);
  if (dayKey(then) === dayKey(today)) return "Today";
  const year = then.year === today.year ? "" : ` ${then.year}`;
  return `${then.weekday} ${Number(then.day)} ${then.month}${year}`;
}

/** "Today 14:10–14:40", "Wed 25 Nov 22:00–04:00 +1". */
export function windowWords(start, end, now, zone = zoneName()) {
  const days = daysBetween(start, end, zone);
  const later = days ? ` +${days}` : "";
  return `${day(start, now, zone)} ${clock(start, zone)}–${clock(end, zone)}${later}`;
}

/** "Wed 25 Nov 14:05". */
export const moment = (instant, now, zone = zoneName()) => `${day(instant, now, zone)} ${clock(instant, zone)}`;

/** "2026-11-25 13:05:00 UTC", for a tooltip. */
export function utc(instant) {
  const text = new Date(instant).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 19)} UTC`;
}

/** How long: "45 s", "30 min", "1 h 37 min", "2 days 17 h". */
export function length(milliseconds) {
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

/** A countdown: "3:05", "1:22:42"; never below zero. */
export function countdown(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  if (hours >= 48) return length(milliseconds);
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** "2 s ago", "in 37 min", "just now". */
export function relative(instant, now) {
  const distance = new Date(instant) - now;
  if (Math.abs(distance) < 1000) return "just now";
  return distance > 0 ? `in ${length(distance)}` : `${length(distance)} ago`;
}

/** What has become of a window: "starts in 12 min", "ends in 3:05", "ended 2 h ago". */
export function standing(start, end, now) {
  if (now < new Date(start)) return `starts in ${length(new Date(start) - now)}`;
  if (now < new Date(end)) return `ends in ${countdown(new Date(end) - now)}`;
  return `ended ${length(now - new Date(end))} ago`;
}

/** The status of a window at `now`: the same rule as the server's, so that badges change by themselves. */
export function status(start, end, now) {
  if (now >= new Date(end)) return "expired";
  return now >= new Date(start) ? "active" : "scheduled";
}

/** An instant as the value of a datetime-local input, in the browser's zone. */
export function toInput(instant) {
  const date = new Date(instant);
  const two = (number, width = 2) => String(number).padStart(width, "0");
  const seconds = date.getSeconds() ? `:${two(date.getSeconds())}` : "";
  return (
    `${two(date.getFullYear(), 4)}-${two(date.getMonth() + 1)}-${two(date.getDate())}` +
    `T${two(date.getHours())}:${two(date.getMinutes())}${seconds}`
  );
}

/** The instant of a datetime-local input, or null where it is incomplete. */
export function fromInput(text) {
  const date = new Date(text);
  return text && !Number.isNaN(date.getTime()) ? date : null;
}

/** "UTC+1", the offset of a zone at an instant. */
export function offset(instant, zone = zoneName()) {
  const name = new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeZoneName: "shortOffset" })
    .formatToParts(new Date(instant))
    .find(({ type }) => type === "timeZoneName").value;
  return name.replace("GMT", "UTC");
}

const dayKey = ({ year, month, day: date }) => `${year} ${month} ${date}`;

function daysBetween(start, end, zone) {
  const midnight = (instant) => {
    const { year, month, day: date } = parts(instant, zone);
    return Date.parse(`${date} ${month} ${year} UTC`);
  };
  return Math.round((midnight(end) - midnight(start)) / 86_400_000);
}
