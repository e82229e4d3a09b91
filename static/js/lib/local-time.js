// Conversion between the local times of date inputs and instants. Pure: the zone is a parameter.

import { DAY_MS, MINUTE_MS, getUtcOffset, getZoneName, toUtcTimestamp, toWallTime } from "./time-zone.js";

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

const INPUT_VALUE = /^(\d{4,6})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?$/;

/** Parse a local time as a wall time; null if it is incomplete. */
export function parseWallTime(text) {
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

/** Return the instant of a skipped time: it is moved forward by the length of the gap. */
const skipGap = (wall, zone) => wall - getUtcOffset(wall - DAY_MS, zone);

/** Return an instant some days after today, at a full hour. */
export function getInstantInDays(days, hour, now, zone = getZoneName()) {
  const today = Math.floor(toWallTime(now, zone) / DAY_MS) * DAY_MS;
  return parseInputValue(new Date(today + days * DAY_MS + hour * 60 * MINUTE_MS).toISOString().slice(0, 16), zone).getTime();
}

/** Return the day of the week; 0 is Sunday. */
export const getWeekday = (instant, zone = getZoneName()) => new Date(toWallTime(instant, zone)).getUTCDay();
