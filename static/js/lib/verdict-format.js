// What came of the expectations of a spike, as texts. Pure: the current time is a parameter.

import { formatCountdown, formatDuration } from "./durations.js";
import { formatCount, formatNumber } from "./numbers.js";

const MET = { label: "Met", tone: "ok" };
const WAITING = { label: "Waiting", tone: "" };
const UNDECIDED = { label: "Undecided", tone: "" };
const failed = (label) => ({ label, tone: "bad" });

/** The badge of each state of an expectation. */
const EXPECTATION_BADGES = {
  waiting: WAITING,
  met: MET,
  missed: failed("Missed"),
  late: failed("Late"),
  flapped: failed("Flapped"),
  "resolved-early": failed("Resolved early"),
  "not-resolved": failed("Not resolved"),
  fired: failed("Fired"),
  "already-firing": UNDECIDED,
  "not-looked": UNDECIDED,
  "not-heard": UNDECIDED,
};
const RESULT_BADGES = {
  passed: { label: "Passed", tone: "ok" },
  failed: { label: "Failed", tone: "bad" },
  inconclusive: { label: "Undecided", tone: "" },
};
const NO_BADGE = { label: "", tone: "" };
const PARTS = ["poll", "rule", "notification"];
const BAR_PX = 540; // about the width of the bar
const CHAR_PX = 6.8;

/** Format a delay as the sentences of the server do: "21.8 s", "6 min 52 s", "2 h 5 min". */
export function formatDelay(seconds) {
  if (seconds < 120) return `${formatNumber(Math.round(10 * seconds) / 10)} s`;
  const whole = Math.round(seconds);
  if (whole >= 3600) return formatDuration(1000 * whole);
  return whole % 60 ? `${Math.floor(whole / 60)} min ${whole % 60} s` : `${whole / 60} min`;
}

/** Return whether something is expected of the alerts. */
export const hasExpectations = (record) => (record?.expectations ?? []).length > 0;

/** Return the badge of a result: passed, failed, undecided; or none. */
export const getResultBadge = ({ state }) => RESULT_BADGES[state] ?? NO_BADGE;

export const getExpectationBadge = ({ state }) => EXPECTATION_BADGES[state] ?? { label: "Not judged", tone: "" };

/** Return which alerts are meant, in a word or two. */
export const formatAlertName = ({ alertname = "" }) => alertname || "any alert";

const isFailed = (expectation) => getExpectationBadge(expectation).tone === "bad";

/** Return the expectation whose numbers are shown first: one that failed, else the one noticed last. */
export function getMainExpectation({ state, expectations }) {
  const judged = state === "failed" ? expectations.filter(isFailed) : expectations;
  const noticed = judged.filter(({ delay }) => delay !== null).sort((one, other) => other.delay - one.delay);
  const undecided = expectations.find(({ state: own }) => EXPECTATION_BADGES[own] === UNDECIDED);
  if (state === "inconclusive" && undecided) return undecided;
  if (state === "failed" && judged.length) return judged[0];
  return noticed[0] ?? judged[0] ?? expectations[0];
}

/**
 * Return `{tone, label, value, note, parts, facts}`: the one number first. While the spike waits for something, the
 * value is a countdown, and `isCounting`.
 */
export function buildVerdict(record, now) {
  const main = getMainExpectation(record);
  const { label: badge, tone } = getResultBadge(record);
  const common = { tone: tone ? `is-${tone}` : "", parts: buildParts(main), facts: buildFacts(record, main), isCounting: false };
  if (record.state === "running") return { ...common, ...buildWaiting(record, now) };
  if (badge === "Undecided") return { ...common, label: "Undecided", value: "No verdict", note: `${formatAlertName(main.match)} ${main.says}` };
  if (record.state === "failed" && !isFailed(main)) {
    const unexpected = formatCount(record.unexpected.length, "alert");
    return { ...common, label: "Unexpected", value: unexpected, note: "Nothing else may fire in this spike." };
  }
  return { ...common, ...buildNumber(main) };
}

function buildWaiting({ expectations, decided_by: decided }, now) {
  const waiting = expectations.filter(({ state }) => state === "waiting").length;
  const note = `${waiting} of ${formatCount(expectations.length, "expectation")} still waiting`;
  return { label: "Decided in", value: formatCountdown(Date.parse(decided) - now), note, isCounting: true };
}

function buildNumber(main) {
  const allowed = main.within ? `${formatDuration(main.within * 1000)} allowed` : "";
  if (main.kind === "quiet") {
    const isQuiet = main.state === "met";
    const value = isQuiet ? "Quiet" : formatCount(main.times, "alert");
    return { label: isQuiet ? "As expected" : "Should stay quiet", value, note: `${formatAlertName(main.match)} ${main.says}` };
  }
  if (main.state === "missed") return { label: "Not noticed", value: "Missed", note: allowed };
  if (main.state === "flapped") return { label: "Flapped", value: `${main.times} times`, note: `at most ${main.at_most} allowed` };
  const late = main.state === "late" ? "too late: " : "";
  return { label: "Noticed after", value: formatDelay(main.delay ?? 0), note: late + allowed };
}

/** Return the parts of the delay: where the time went. */
function buildParts({ delay, split }) {
  if (!split || !delay) return [];
  return PARTS.map((name) => {
    const text = formatDelay(split[name]);
    const title = `${name} ${text}`;
    const share = split[name] / delay;
    const fits = (words) => share * BAR_PX >= words.length * CHAR_PX + 16;
    return { key: name, name, text, title, style: { flexGrow: Math.max(0.02, share) }, isNamed: fits(title), isLabelled: fits(text) };
  });
}

function buildFacts(record, main) {
  if (record.state === "inconclusive") return [];
  const facts = [];
  if (main.kind === "fires" && main.times) {
    facts.push({ label: "Resolved", ...formatResolved(main) });
    facts.push({ label: "Fired", value: main.times === 1 ? "once" : `${main.times} times`, note: formatCount(main.deliveries, "delivery", "deliveries") });
  }
  facts.push({ label: "False alarms", value: record.false_alarms ? formatNumber(record.false_alarms) : "none", note: "" });
  return facts;
}

function formatResolved({ resolve_delay: delay, state }) {
  if (delay === null) return { value: state === "waiting" ? "not yet" : "no", note: "" };
  return { value: formatDelay(Math.abs(delay)), note: delay < 0 ? "before the end" : "after the end" };
}

/** Return the rows of expectations: a sentence each, and what came of it. */
export const buildExpectationRows = ({ expectations }) =>
  expectations.map((each) => ({
    id: each.id,
    ...getExpectationBadge(each),
    expects: each.expects,
    says: each.state === null ? each.says : `${formatAlertName(each.match)} ${each.says}`,
  }));

/** Format how many expectations are met: "2 of 2 met". */
export function formatMet({ expectations }) {
  return `${expectations.filter(({ state }) => state === "met").length} of ${expectations.length} met`;
}

/** Return the rows of unexpected alerts: equal labels are one row. */
export function buildUnexpectedRows({ unexpected }) {
  const rows = new Map();
  for (const episode of unexpected) {
    const key = formatLabels(episode.labels);
    const row = rows.get(key) ?? { key, times: 0, labels: episode.labels, first: episode };
    row.times += 1;
    rows.set(key, row);
  }
  return [...rows.values()].map(({ key, times, labels, first }) => ({
    key,
    labels,
    name: formatAlertName(labels),
    count: `${times}×`,
    text: formatEpisode(first),
    others: formatLabels(omitName(labels)),
  }));
}

/** Format when an alert fired and resolved: "fired 1 min 35 s after the start, resolved after 5 min". */
export function formatEpisode({ received_after: received, resolved_after: resolved }) {
  const fired = `fired ${formatDelay(received)} after the start`;
  return resolved === null ? `${fired}, has not resolved` : `${fired}, resolved after ${formatDelay(resolved - received)}`;
}

const omitName = (labels) => Object.fromEntries(Object.entries(labels).filter(([name]) => name !== "alertname"));

export const formatLabels = (labels) =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(" ");

/** Format the result for a row of the list: "21.8 s, 1 false alarm". */
export function formatResult({ delay = null, false_alarms: alarms = 0 }) {
  const parts = [delay === null ? "" : formatDelay(delay), alarms ? formatCount(alarms, "false alarm") : ""];
  return parts.filter(Boolean).join(", ");
}
