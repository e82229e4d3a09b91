// Which alerts concern a spike: all that arrive, or those with a label. Pure.

import { formatLabels, parseLabels } from "./expect-labels.js";

const OTHER = "other";

/** Return the choices of the scope: `{value, label, labels}`. Labels are offered, and never assumed. */
export function getScopeChoices(collection) {
  const offers = collection ? [{ collection_id: String(collection.id) }, { instance: escapeStars(collection.name) }] : [];
  return [
    { value: "", label: "all alerts that arrive", labels: {} },
    ...offers.map((labels) => ({ value: formatLabels(labels), label: `only alerts with ${formatLabels(labels)}`, labels })),
    { value: OTHER, label: "only alerts with these labels", labels: null },
  ];
}

// In a matcher, * stands for anything.
const escapeStars = (name) => name.replaceAll("*", "\\*");

/** Return the choice and the typed labels of a saved scope. */
export function fromScope(scope, collection) {
  const text = formatLabels(scope ?? {});
  const isOffered = getScopeChoices(collection).some(({ value }) => value === text);
  return isOffered ? { scope: text, scopeLabels: "" } : { scope: OTHER, scopeLabels: text };
}

/** Return the scope as the API takes it, and the error of its input. */
export function toScope(scope, scopeLabels, collection) {
  if (scope === OTHER) {
    const { labels, error } = parseLabels(scopeLabels);
    if (error) return { labels: {}, error };
    return { labels, error: Object.keys(labels).length ? "" : "Enter a label, such as team=ops." };
  }
  const chosen = getScopeChoices(collection).find(({ value }) => value === scope);
  return { labels: chosen?.labels ?? {}, error: "" };
}

export const isOtherScope = (scope) => scope === OTHER;
