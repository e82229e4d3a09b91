// The filters of the audit log in its URL: "/audit?what=change-user&who=3&period=day".

import { PAGE, SEARCH, matching, oneOf, sortedBy, urlState } from "./url-state.js";
import { parseInputValue, toInputValue } from "./local-time.js";

const HOUR_MS = 3_600_000;
const PERIODS_MS = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS, month: 30 * 24 * HOUR_MS };
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z$/;

/** An input has the time zone of this browser; a URL may be opened in another zone, so it has UTC. */
const instant = {
  defaultValue: "",
  read(text) {
    const found = INSTANT.test(text) ? new Date(text) : new Date(NaN);
    return Number.isNaN(found.getTime()) ? undefined : toInputValue(found);
  },
  write: (text) => parseInputValue(text)?.toISOString().replace(/(:00)?\.000Z$/, "Z") ?? "",
};

export const auditUrlState = urlState({
  outcome: oneOf(["", "done", "refused"]),
  who: matching(/^([1-9]\d{0,9}|command line|server)$/),
  what: matching(/^(about:)?[a-z-]{1,40}$/),
  thing: matching(/^(user|key|collection|field|spike) [1-9]\d{0,9}$/),
  period: oneOf(["", ...Object.keys(PERIODS_MS), "between"]),
  since: instant,
  until: instant,
  search: SEARCH,
  sort: sortedBy(["id"], "-id"),
  page: PAGE,
});

export const { getDefaults, readUrl, buildUrl } = auditUrlState;

/** Return the query parameters of the API for the filters at `now`, except the search. */
export const toQuery = (filters, now) => ({
  outcome: filters.outcome,
  ...toActorQuery(filters.who),
  ...toActionQuery(filters.what),
  ...toSubjectQuery(filters.thing),
  ...toPeriodQuery(filters, now),
});

const toActorQuery = (who) => (/^\d+$/.test(who) ? { actor_id: who } : { source: who });

const toActionQuery = (what) =>
  what.startsWith("about:") ? { thing_kind: what.slice("about:".length) } : { action: what };

/** Return the query for a subject; a collection includes its fields and spikes. */
function toSubjectQuery(thing) {
  const [kind, id] = thing.split(" ");
  if (!thing) return {};
  return kind === "collection" ? { collection_id: id } : { thing_kind: kind, thing_id: id };
}

function toPeriodQuery({ period, since, until }, now) {
  if (Object.hasOwn(PERIODS_MS, period)) return { since: new Date(now - PERIODS_MS[period]).toISOString() };
  if (period !== "between") return {};
  return { since: toIso(since), until: toIso(until) };
}

const toIso = (text) => parseInputValue(text)?.toISOString() ?? "";
