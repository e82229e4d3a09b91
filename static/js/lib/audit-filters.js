// What the audit log is filtered by, in its address: "/audit?what=change-user&who=3&period=day".

import { listAddress, matching, oneOf, PAGE, SEARCH, sortedBy } from "./list-address.js";
import { fromInput, toInput } from "./time.js";

const HOUR = 3_600_000;
const LENGTHS = { hour: HOUR, day: 24 * HOUR, week: 7 * 24 * HOUR, month: 30 * 24 * HOUR };
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z$/;

/** The value of an input is of this browser's zone; an address may be opened in another one, so there it is UTC. */
const instant = {
  usual: "",
  read(text) {
    const found = INSTANT.test(text) ? new Date(text) : new Date(NaN);
    return Number.isNaN(found.getTime()) ? undefined : toInput(found);
  },
  write: (text) => fromInput(text)?.toISOString().replace(/(:00)?\.000Z$/, "Z") ?? "",
};

export const auditAddress = listAddress({
  outcome: oneOf(["", "done", "refused"]),
  who: matching(/^([1-9]\d{0,9}|command line|server)$/),
  what: matching(/^(about:)?[a-z-]{1,40}$/),
  thing: matching(/^(user|key|collection|field|spike) [1-9]\d{0,9}$/),
  period: oneOf(["", ...Object.keys(LENGTHS), "between"]),
  since: instant,
  until: instant,
  search: SEARCH,
  sort: sortedBy(["id"], "-id"),
  page: PAGE,
});

export const { usual, fromAddress, addressOf } = auditAddress;

/** The filters as the API takes them, at `now`; the search is the list's own. */
export const queryOf = (filters, now) => ({
  outcome: filters.outcome,
  ...whoOf(filters.who),
  ...whatOf(filters.what),
  ...thingOf(filters.thing),
  ...periodOf(filters, now),
});

const whoOf = (who) => (/^\d+$/.test(who) ? { actor_id: who } : { source: who });

const whatOf = (what) =>
  what.startsWith("about:") ? { thing_kind: what.slice("about:".length) } : { action: what };

/** Of a collection, what is in it as well. */
function thingOf(thing) {
  const [kind, id] = thing.split(" ");
  if (!thing) return {};
  return kind === "collection" ? { collection_id: id } : { thing_kind: kind, thing_id: id };
}

function periodOf({ period, since, until }, now) {
  if (Object.hasOwn(LENGTHS, period)) return { since: new Date(now - LENGTHS[period]).toISOString() };
  if (period !== "between") return {};
  return { since: iso(since), until: iso(until) };
}

const iso = (text) => fromInput(text)?.toISOString() ?? "";
