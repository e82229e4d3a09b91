// The answer at a glance on the page of a spike: did it happen, who saw it, what did they get. Pure.

import { formatCount } from "./numbers.js";
import { buildServedRows, countPolls, formatCancelled, formatSeconds } from "./report-format.js";

/**
 * Return `{tone, label, value, note, facts}` for a record; `status` is that of its window. While a spike is scheduled
 * or active, the page counts down instead of `value`.
 */
export function buildGlance(record, status) {
  const { polls, keys } = countPolls(record);
  const facts = polls ? buildFacts(record, status) : [];
  if (status === "scheduled") return glance("is-planned", "Starts in", "", "", []);
  if (status === "active") return glance("is-spiking", "Ends in", "", "", [buildPolled(polls, keys), ...facts]);
  if (record.state === "cancelled") {
    const polled = polls ? [buildPolled(polls, keys), ...facts] : [];
    return glance("", "Cancelled", formatCancelled(record), polls ? "" : "Nobody polled it.", polled);
  }
  const note = `${formatCount(polls, "poll")} in the window`;
  if (polls) return glance("is-seen", "Seen by", formatCount(keys, "key"), note, facts);
  return glance("", "Seen by", "Nobody", "Nobody polled in the window, so no tool could notice this spike.", []);
}

const glance = (tone, label, value, note, facts) => ({ tone, label, value, note, facts });
const fact = (label, value, note, isSpiked = false) => ({ label, value, note, isSpiked });

const buildPolled = (polls, keys) =>
  polls
    ? fact("Polled", formatCount(polls, "time"), `by ${formatCount(keys, "key")}`)
    : fact("Polled", "not yet", "Nobody has polled yet.");

function buildFacts(record, status) {
  const first = Math.min(...record.polls.map((poll) => poll.first_after));
  const facts = [fact("First poll", formatSeconds(first), "after the start")];
  const row = buildServedRows(record).find(({ served }) => served);
  if (!row) return facts;
  facts.push(fact("Served", row.served, `${row.name}, normally ${row.was}`, true));
  if (status === "active") return facts;
  facts.push(row.after ? fact("Afterwards", row.after, row.name) : fact("Afterwards", "not polled", "since then"));
  return facts;
}
