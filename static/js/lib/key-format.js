// API keys as text: access, expiry, and the check of a pasted key. Pure.

import { formatRelative } from "./relative-time.js";
import { formatDay } from "./time.js";

export const TYPES = ["Performance", "Configuration"];
const DAY_MS = 86_400_000;
const SOON_MS = 14 * DAY_MS;
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Group the limits of a key by collection: `{id, name, types}`. */
export function groupLimits(limits) {
  const found = new Map();
  for (const { collection_id: id, collection_name: name, collection_type: type } of limits ?? []) {
    const entry = found.get(id) ?? { id, name, types: [] };
    entry.types.push(...(type ? [type] : TYPES));
    found.set(id, entry);
  }
  return [...found.values()].map((entry) => ({
    ...entry,
    types: TYPES.filter((type) => entry.types.includes(type)),
  }));
}

/** Format what a key can read: "Everything I can read", "Truck 01", "Truck 01, 2 more". */
export function formatAccess({ allowed_collections: limits }, isMine = true) {
  if (!limits) return isMine ? "Everything I can read" : "Everything its owner can read";
  const [first, ...more] = groupLimits(limits);
  if (!first) return "Nothing";
  const only = more.length === 0 && first.types.length === 1 ? ` ${first.types[0]}` : "";
  return first.name + only + (more.length ? `, ${more.length} more` : "");
}

/** Format everything a key can read, one line per collection. */
export function formatAccessLines({ allowed_collections: limits }) {
  return groupLimits(limits).map(({ name, types }) => `${name}: ${types.join(", ")}`);
}

/** Return whether the limits of a key allow a type of a collection; the server also checks the owner's rights. */
export function canRead({ allowed_collections: limits }, collectionId, type) {
  if (!limits) return true;
  return limits.some(
    (limit) => limit.collection_id === collectionId && [null, type].includes(limit.collection_type),
  );
}

/** Return the status of a key at `now`, by the server's rule. */
export function getKeyStatus({ revoked_at: revoked, expires_at: expires }, now) {
  if (revoked) return "revoked";
  return expires && Date.parse(expires) <= now ? "expired" : "valid";
}

/** Return whether a valid key expires within two weeks. */
export function expiresSoon(key, now) {
  return (
    getKeyStatus(key, now) === "valid" && key.expires_at !== null && Date.parse(key.expires_at) - now <= SOON_MS
  );
}

/** Format the expiry of a key: "never", "in 12 days", "3 days ago", and the date beyond three months. */
export function formatExpiry({ expires_at: expires }, now, zone) {
  if (!expires) return "never";
  const left = Date.parse(expires) - now;
  if (left > 92 * DAY_MS) return formatDay(expires, now, zone);
  return formatRelative(expires, now);
}

/**
 * Return the expiry for a choice: null for never, else the last minute of a day in the viewer's
 * zone, as an ISO instant. The choice is "never", a number of days, or "date" with a date "2027-02-22".
 */
export function toExpiry(choice, date, now) {
  if (choice === "never") return null;
  const end = choice === "date" ? parseDate(date) : new Date(now);
  if (choice !== "date") end.setDate(end.getDate() + Number(choice));
  end.setHours(23, 59, 0, 0);
  return end.toISOString();
}

/** Return the day of an instant as the value of a date input, in the viewer's zone. */
export function toDateInput(instant) {
  const date = new Date(instant);
  const two = (number, width = 2) => String(number).padStart(width, "0");
  return `${two(date.getFullYear(), 4)}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Parse the value of a date input as midnight of that day, or return null. */
export function parseDate(text) {
  const date = new Date(`${text}T00:00:00`);
  return /^\d{4}-\d\d-\d\d$/.test(text ?? "") && !Number.isNaN(date.getTime()) ? date : null;
}

/** Return whether a text is a well-formed key with a correct checksum. */
export function isWellFormed(text) {
  const [, body, sum] = /^spk_([0-9A-Za-z]{32})([0-9A-Za-z]{6})$/.exec(text) ?? [];
  return body !== undefined && checksum(body) === sum;
}

/** Return the CRC-32 in base 62, six digits. */
export function checksum(body) {
  let number = crc32(body);
  let digits = "";
  for (let place = 0; place < 6; place += 1) {
    digits = DIGITS[number % 62] + digits;
    number = Math.floor(number / 62);
  }
  return digits;
}

function crc32(text) {
  let sum = 0xffffffff;
  for (const character of text) {
    sum ^= character.charCodeAt(0);
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return (sum ^ 0xffffffff) >>> 0;
}
