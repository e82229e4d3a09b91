// What the audit log is filtered by, in its address: "/audit?what=change-user&who=3&period=day".

import { fromInput } from "./time.js";

const HOUR = 3_600_000;
const USUAL = { outcome: "", who: "", what: "", thing: "", period: "", since: "", until: "", search: "" };
const LENGTHS = { hour: HOUR, day: 24 * HOUR, week: 7 * 24 * HOUR, month: 30 * 24 * HOUR };
const SHAPES = {
  outcome: /^(done|refused)$/,
  who: /^([1-9]\d{0,9}|command line|server)$/,
  what: /^(about:)?[a-z-]{1,40}$/,
  thing: /^(user|key|collection|field|spike) [1-9]\d{0,9}$/,
  period: /^(hour|day|week|month|between)$/,
  since: /^\d{4}-\d\d-\d\dT[\d:]+$/,
  until: /^\d{4}-\d\d-\d\dT[\d:]+$/,
  search: /^.{1,255}$/u,
};

/** No filter at all. */
export const usual = () => ({ ...USUAL });

/** The filters of an address; what makes no sense is as if it was not there. */
export function fromAddress(query) {
  const given = new URLSearchParams(query);
  const found = Object.keys(USUAL).filter((name) => SHAPES[name].test(given.get(name) ?? ""));
  return { ...USUAL, ...Object.fromEntries(found.map((name) => [name, given.get(name)])) };
}

/** The address with those filters that are not as usual. */
export function addressOf(path, filters) {
  const told = Object.keys(USUAL).filter((name) => filters[name] !== "");
  const query = new URLSearchParams(told.map((name) => [name, filters[name]])).toString();
  return query ? `${path}?${query}` : path;
}

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
  if (period in LENGTHS) return { since: new Date(now - LENGTHS[period]).toISOString() };
  if (period !== "between") return {};
  return { since: iso(since), until: iso(until) };
}

const iso = (text) => fromInput(text)?.toISOString() ?? "";
