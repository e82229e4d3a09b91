// The properties of a collection that people edit, for comparing versions.

import { fact, nameFact } from "./facts.js";
import { formatRule } from "./format.js";

export function collectionFacts(collection) {
  const { name, owner_id: id, owner } = collection;
  return [nameFact("name", "Name", name), fact("owner", "Owner", id, owner ?? `user ${id}`)];
}

/** Return the properties of a collection and its fields, for a deletion. */
export const wholeCollectionFacts = (collection) => [
  ...collectionFacts(collection),
  ...(collection.fields ?? []).map((field) =>
    fact(`field ${field.id}`, `Field “${field.field_name}”`, [field.field_name, formatRule(field)], formatRule(field)),
  ),
];
