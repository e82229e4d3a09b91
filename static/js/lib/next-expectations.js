// What a spike is to expect when it is run again: what it expected, and alerts that were not expected. Pure.

const SETTINGS = {
  fires: ["within", "counts_from", "resolve_within", "at_most", "holds"],
  quiet: ["until"],
};
const MAX_LABELS = 16;

/** Return which alerts are meant by those labels: those with the same name, or else with the same labels. */
export const toMatch = (labels) =>
  labels.alertname ? { alertname: escapePattern(labels.alertname) } : fromEntries(Object.entries(labels).slice(0, MAX_LABELS));

const fromEntries = (labels) => Object.fromEntries(labels.map(([name, value]) => [name, escapePattern(value)]));

/** In a matcher, * stands for any text. */
const escapePattern = (text) => text.replaceAll("*", "\\*");

/** Return the expectations of the next run as the API takes them. */
export function buildNextExpectations({ expectations }, added) {
  const kept = expectations.map(({ kind, match, ...more }) => {
    const settings = SETTINGS[kind].map((name) => [name, more[name]]);
    return { kind, match, ...Object.fromEntries(settings) };
  });
  return [...kept, ...added.map((labels) => ({ kind: "fires", match: toMatch(labels) }))];
}
