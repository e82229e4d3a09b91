// Collections in words: what goes with them, what a copy may be called, where they are polled.

import { formatCount } from "./numbers.js";

export { buildCopyName } from "./copy-name.js";

/** What deleting takes along: "13 fields and 3 spikes, 1 of them active, go with it. 2 keys lose access." */
export function formatImpact(impacts) {
  const sum = (name) => impacts.reduce((total, impact) => total + (impact[name] ?? 0), 0);
  const [fields, active, keys] = ["fields", "active_spikes", "keys_losing_access"].map(sum);
  const spikes = active + sum("scheduled_spikes") + sum("expired_spikes");
  const them = impacts.length === 1 ? "it" : "them";
  const parts = [];
  if (fields) parts.push(formatCount(fields, "field"));
  if (spikes) parts.push(formatCount(spikes, "spike") + formatActive(spikes, active));
  const goes = fields + spikes === 1 ? "goes" : "go";
  const going = parts.length
    ? `${parts.join(" and ")} ${goes} with ${them}.`
    : "Nothing else goes with " + them + ".";
  const losing = keys ? ` ${formatCount(keys, "key")} ${keys === 1 ? "loses" : "lose"} access.` : "";
  return going + losing;
}

function formatActive(spikes, active) {
  if (!active) return "";
  if (spikes === 1) return ", which is active,";
  return `, ${active} of them active,`;
}

/** The path of the data endpoint by name; by id where a URL would swallow the name. */
export function dataPath(collection, type) {
  if (/^\.{1,2}$/.test(collection.name)) return dataPathById(collection, type);
  return `/api/data/${encodeURIComponent(collection.name)}/${type}`;
}

export const dataPathById = (collection, type) => `/api/collections/${collection.id}/data/${type}`;
