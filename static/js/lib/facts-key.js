// What a page shows of an API key.

import { NONE, fact, instant, named } from "./facts.js";
import { grouped } from "./keys.js";

export function keyFacts(key, now) {
  const limits = key.allowed_collections;
  const entries = grouped(limits).map(({ id, name, types }) => ({ id, name, types: [...types].sort() }));
  const all = entries.map(({ name, types }) => (types.length === 1 ? `${name} (${types[0]})` : name));
  const value = limits ? entries.map(({ id, types }) => `${id} ${types}`).sort() : null;
  return [
    named("label", "Label", key.label),
    instant("expires_at", "Expires", key.expires_at, now, "never"),
    fact("allowed_collections", "Reads", value, limits ? all.join(", ") || NONE : "all that its owner may read"),
    ...(key.revoked_at ? [instant("revoked_at", "Revoked", key.revoked_at, now)] : []),
  ];
}
