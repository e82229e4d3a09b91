// Facts of a thing that people edit, as a page shows them: `{key, label, value, words}`. What of them differs,
// and who changed it. Pure. What the facts of each kind of thing are is in the files named facts-….

import { formatDateTime, formatShortDateTime } from "./time.js";

export const NONE = "–";

export const fact = (key, label, value, words) => ({ key, label, value, words });

/** A name as the server keeps it: trimmed and composed. */
export function nameFact(key, label, text) {
  const value = (text ?? "").trim().normalize("NFC");
  return fact(key, label, value, value || NONE);
}

export const timeFact = (key, label, iso, now, none = NONE) =>
  fact(key, label, iso ? Date.parse(iso) : null, iso ? formatDateTime(iso, now) : none);

const isSameFact = (one, other) => JSON.stringify(one?.value ?? null) === JSON.stringify(other?.value ?? null);

/** Whether two lists of facts say the same. */
export const areEqual = (some, others) => compare(some, others).length === 0;

/**
 * The facts in which `mine` and `theirs` differ, in their order: `{key, label, mine, theirs}` with words. Where one side
 * has no such fact, it says what its `absent` says.
 * Instants within one second are told in UTC, to the millisecond.
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
 * What has to be asked about: what others changed of `base`, unless `mine` says the same.
 * Without a form (`mine` is null) that is everything they changed.
 */
export function getConflicts(base, theirs, mine = null) {
  const changed = compare(base, theirs);
  if (!mine) return changed.map((each) => ({ ...each, isTheirs: true }));
  const differing = compare(mine, theirs);
  const keys = new Set(changed.map(({ key }) => key));
  if (!differing.some(({ key }) => keys.has(key))) return [];
  return differing.map((each) => ({ ...each, isTheirs: keys.has(each.key) }));
}

/** "ada changed it 2 min ago, today 10:12", from the `changes` of a refusal. `since`: when it was loaded. */
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
