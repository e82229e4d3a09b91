// Comparing two versions of something that people edit. A version is a list of the properties that a page shows:
// `{key, label, value, text}`. Pure. The files named …-properties.js build these lists.

import { formatDateTime, formatShortDateTime } from "./time.js";

export const NONE = "–";

export const property = (key, label, value, text) => ({ key, label, value, text });

/** Build the property for a name, normalized as the server stores it: trimmed, NFC. */
export function nameProperty(key, label, text) {
  const value = (text ?? "").trim().normalize("NFC");
  return property(key, label, value, value || NONE);
}

export const timeProperty = (key, label, iso, now, none = NONE) =>
  property(key, label, iso ? Date.parse(iso) : null, iso ? formatDateTime(iso, now) : none);

const isSameProperty = (one, other) => JSON.stringify(one?.value ?? null) === JSON.stringify(other?.value ?? null);

/** Return whether two versions are equal. */
export const areEqual = (some, others) => compare(some, others).length === 0;

/**
 * Return the properties that differ, in their order, with the texts of both sides: `{key, label, mine, theirs}`. If
 * one side does not have a property, its `absent` text is used. Times within the same second are shown in UTC, with
 * milliseconds.
 */
export function compare(mine, theirs) {
  const byKey = (properties) => new Map(properties.map((each) => [each.key, each]));
  const [ours, others] = [byKey(mine), byKey(theirs)];
  return [...new Map([...others, ...ours]).values()]
    .filter(({ key }) => !isSameProperty(ours.get(key), others.get(key)))
    .map(({ key, label, absent = NONE }) => {
      const texts = [ours.get(key)?.text ?? absent, others.get(key)?.text ?? absent];
      if (texts[0] === texts[1]) addExactTimes(texts, ours.get(key)?.value, others.get(key)?.value);
      return { key, label, mine: texts[0], theirs: texts[1] };
    });
}

function addExactTimes(texts, ...values) {
  values.forEach((value, index) => {
    if (typeof value === "number") texts[index] += ` (${new Date(value).toISOString().slice(11, 23)} UTC)`;
  });
}

/**
 * Return the differences that the user must decide about: what others changed in `base`, unless `mine` has the
 * same values. Without a form (`mine` is null) these are all changes of others.
 */
export function getConflicts(base, theirs, mine = null) {
  const changed = compare(base, theirs);
  if (!mine) return changed.map((each) => ({ ...each, isTheirs: true }));
  const differing = compare(mine, theirs);
  const keys = new Set(changed.map(({ key }) => key));
  if (!differing.some(({ key }) => keys.has(key))) return [];
  return differing.map((each) => ({ ...each, isTheirs: keys.has(each.key) }));
}

/** Format who made the `changes`: "Changed by ada 2 min ago (10:12)." `since` is when the page loaded its version. */
export function formatAuthors(changes, { since = 0, me = "", now, ago }) {
  const fresh = changes.filter(({ at }) => Date.parse(at) >= since - 2000);
  const shown = fresh.length ? fresh : changes.slice(0, 1);
  const latest = new Map();
  for (const { by, at } of shown) if (!latest.has(by)) latest.set(by, at);
  if (!latest.size) return "Someone changed it after you opened it.";
  const each = [...latest].slice(0, 3).map(([by, at]) => {
    const who = by === me ? "you (elsewhere)" : by;
    return `${who} ${ago(at, now)} (${formatShortDateTime(at, now)})`;
  });
  const more = latest.size > 3 ? ` and ${latest.size - 3} more` : "";
  return `Changed by ${each.join(", ")}${more}.`;
}
