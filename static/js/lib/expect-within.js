// How soon an alert can be expected, from how the monitoring works. Pure. Durations are in seconds.

/** The defaults of Prometheus and Alertmanager. The polling interval comes from the preview or from earlier polls. */
export const TIMING_DEFAULTS = { for: 0, evaluation: 60, groupWait: 30, groupInterval: 300 };

export const MARGIN_S = 30;
const MIN_RESOLVE_S = 900;
const MIN_SEEN_POLLS = 3;
const UNITS = [
  ["d", 86_400],
  ["h", 3600],
  ["min", 60],
  ["s", 1],
];

/** Format a duration exactly, as people read and type it: "90 s", "4 min", "1 h 5 min". */
export function formatSeconds(seconds) {
  if (seconds < 120 && seconds % 60) return `${seconds} s`;
  let rest = seconds;
  const parts = [];
  for (const [unit, size] of UNITS) {
    if (rest >= size) parts.push(`${Math.floor(rest / size)} ${unit}`);
    rest %= size;
  }
  return parts.join(" ") || "0 s";
}

/** Return how long a window must be for the rule to fire: until it is polled, evaluated, and has held for `for`. */
export const getFiringTime = (timing) => timing.poll + timing.for + timing.evaluation;

/** Return how long a window must be for the alert to be sent before it resolves. */
export const getSendingTime = (timing) => getFiringTime(timing) + timing.groupWait;

/** Return by when the alert should have arrived. */
export const proposeWithin = (timing) => getSendingTime(timing) + MARGIN_S;

/** Return how long after the end it should have resolved. */
export const proposeResolveWithin = ({ poll, evaluation, groupInterval }) =>
  Math.max(MIN_RESOLVE_S, poll + evaluation + groupInterval + MARGIN_S);

/** Format where the proposal comes from: "4 min = polled every 30 s + for 2 min + …". */
export function formatSum(timing, { isSeen = false } = {}) {
  const parts = [
    `polled every ${formatSeconds(timing.poll)}${isSeen ? " (as seen)" : ""}`,
    `for ${formatSeconds(timing.for)}`,
    `evaluation ${formatSeconds(timing.evaluation)}`,
    `group_wait ${formatSeconds(timing.groupWait)}`,
    formatSeconds(MARGIN_S),
  ];
  return `${formatSeconds(proposeWithin(timing))} = ${parts.join(" + ")}`;
}

/**
 * Return why a window of this length may never be noticed, and how long it should be: `{words, seconds}`; null if it
 * is long enough.
 */
export function findTooShort(length, timing) {
  const [fires, sent] = [getFiringTime(timing), getSendingTime(timing)];
  if (!(length > 0) || length >= sent) return null;
  const seconds = proposeWithin(timing);
  const wait = formatSeconds(timing.groupWait);
  const words =
    length < fires
      ? `The rule may never fire: polling, “for” and evaluation take up to ${formatSeconds(fires)}, and the window is only ${formatSeconds(length)} long.`
      : `The alert may never be sent: it can take ${formatSeconds(fires)} to fire, and it resolves before group_wait (${wait}) is over, for the window is only ${formatSeconds(length)} long.`;
  return { words, seconds };
}

/** Return the interval between the polls that a rehearsal has seen, of the key that polled most; null if too few. */
export function getSeenInterval(polls) {
  const [times = []] = polls.map((each) => each.times).sort((one, other) => other.length - one.length);
  if (times.length < MIN_SEEN_POLLS) return null;
  const gaps = times.slice(1).map((time, index) => time - times[index]);
  gaps.sort((one, other) => one - other);
  return Math.max(1, Math.round(gaps[Math.floor(gaps.length / 2)]));
}
