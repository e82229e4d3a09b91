// Texts about collections: what a deletion removes, and the addresses for polls.

import { formatCount, formatNumber } from "./numbers.js";

export { buildCopyName } from "./copy-name.js";

/** Describe what a deletion removes: "This removes 13 fields and 3 spikes (1 active). 2 keys lose access." */
export function formatImpact(impacts) {
  const sum = (name) => impacts.reduce((total, impact) => total + (impact[name] ?? 0), 0);
  const [fields, active, keys] = ["fields", "active_spikes", "keys_losing_access"].map(sum);
  const spikes = active + sum("scheduled_spikes") + sum("expired_spikes");
  const past = Math.max(0, sum("rehearsals") - spikes);
  const parts = [];
  if (fields) parts.push(formatCount(fields, "field"));
  if (spikes) parts.push(formatCount(spikes, "spike") + (active ? ` (${formatNumber(active)} active)` : ""));
  if (past) parts.push(`the ${past === 1 ? "record" : "records"} of ${formatCount(past, "past spike")}`);
  const listed = [parts.slice(0, -1).join(", "), parts.at(-1)].filter(Boolean).join(" and ");
  const removed = listed ? `This removes ${listed}.` : "Nothing else is removed.";
  return removed + (keys ? ` ${formatCount(keys, "key")} ${keys === 1 ? "loses" : "lose"} access.` : "");
}

/** Return the path of the data endpoint by name; by id if a URL cannot contain the name. */
export function dataPath(collection, type) {
  if (/^\.{1,2}$/.test(collection.name)) return dataPathById(collection, type);
  return `/api/data/${encodeURIComponent(collection.name)}/${type}`;
}

export const dataPathById = (collection, type) => `/api/collections/${collection.id}/data/${type}`;
