// Formatting times in the viewer's zone. Pure: the current time and the zone are parameters.

import { DAY_MS, formatIsoOffset, getParts, getZoneName, hasTwoOffsets } from "./time-zone.js";

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
  const format = (instant) => `${formatClockFace(instant, zone)} ${formatIsoOffset(instant, zone)}`;
  const later = days ? ` (+${days})` : "";
  return `${format(start)} – ${format(end)}${later}`;
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

const getDayKey = ({ year, month, day: date }) => `${year} ${month} ${date}`;

function countDaysBetween(start, end, zone) {
  const midnight = (instant) => {
    const { year, month, day: date } = getParts(instant, zone);
    return Date.parse(`${date} ${month} ${year} UTC`);
  };
  return Math.round((midnight(end) - midnight(start)) / DAY_MS);
}
