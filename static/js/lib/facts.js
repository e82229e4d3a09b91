// Comparing two versions of something that people edit. A version is a list of facts, `{key, label, value, words}`,
// one for each property that a page shows. Pure. The files named facts-… build these lists.

import { formatDateTime, formatShortDateTime } from "./time.js";

export const NONE = "–";

export const fact = (key, label, value, words) => ({ key, label, value, words });

/** Build the fact of a name, normalized as the server stores it: trimmed, NFC. */
export function nameFact(key, label, text) {
  const value = (text ?? "").trim().normalize("NFC");
  return fact(key, label, value, value || NONE);
}

export const timeFact = (key, label, iso, now, none = NONE) =>
  fact(key, label, iso ? Date.parse(iso) : null, iso ? formatDateTime(iso, now) : none);

const isSameFact = (one, other) => JSON.stringify(one?.value ?? null) === JSON.stringify(other?.value ?? null);

/** Return whether two versions are equal. */
export const areEqual = (some, others) => compare(some, others).length === 0;

/**
 * Return the facts that differ, in their order, with the texts of both sides: `{key, label, mine, theirs}`. If one
 * side does not have a fact, the fact's `absent` text is used. Times within the same second are shown in UTC, with
 * milliseconds.
 */
export function compare(mine, theirs) {
  const byKey = (facts) => new Map(facts.map((each) => [each.key, each]));
  const [ours, others] = [byKey(mine), byKey(theirs)];
  return [...new Map([...others, ...ours]).values()]
    .filter(({ key }) => !isSameFact(ours.get(key), others.get(key)))
    .map(({ key, label, absent = NONE }) => {
      const words = [ours.get(key)?.words ?? absent, others.get(key)?.words ?? absent];
      if (words[0] === words[1]) addExactTimes(words, ours.get(key)?.value, others.get(key)?.value);
      return { key, label, mine: words[0], theirs: words[1] };
    });
}

function addExactTimes(words, ...values) {
  values.forEach((value, index) => {
    if (typeof value === "number") words[index] += ` (${new Date(value).toISOString().slice(11, 23)} UTC)`;
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
  const told = fresh.length ? fresh : changes.slice(0, 1);
  const latest = new Map();
  for (const { by, at } of told) if (!latest.has(by)) latest.set(by, at);
  if (!latest.size) return "Someone changed it after you opened it.";
  const each = [...latest].slice(0, 3).map(([by, at]) => {
    const who = by === me ? "you (elsewhere)" : by;
    return `${who} ${ago(at, now)} (${formatShortDateTime(at, now)})`;
  });
  const more = latest.size > 3 ? ` and ${latest.size - 3} more` : "";
  return `Changed by ${each.join(", ")}${more}.`;
}
