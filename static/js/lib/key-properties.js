// The properties of an API key that people edit, for comparing versions.

import { NONE, property, nameProperty, timeProperty } from "./compare-versions.js";
import { groupLimits } from "./key-format.js";

export function getKeyProperties(key, now) {
  const limits = key.allowed_collections;
  const entries = groupLimits(limits).map(({ id, name, types }) => ({ id, name, types: [...types].sort() }));
  const all = entries.map(({ name, types }) => (types.length === 1 ? `${name} (${types[0]})` : name));
  const value = limits ? entries.map(({ id, types }) => `${id} ${types}`).sort() : null;
  return [
    nameProperty("label", "Label", key.label),
    timeProperty("expires_at", "Expires", key.expires_at, now, "never"),
    property("allowed_collections", "Access", value, limits ? all.join(", ") || NONE : "everything its owner can read"),
    ...(key.revoked_at ? [timeProperty("revoked_at", "Revoked", key.revoked_at, now)] : []),
  ];
}
