// What a page shows of a collection.

import { fact, nameFact } from "./facts.js";
import { formatRule } from "./format.js";

export function collectionFacts(collection) {
  const { name, owner_id: id, owner } = collection;
  return [nameFact("name", "Name", name), fact("owner", "Owner", id, owner ?? `user ${id}`)];
}

/** For deleting it: its fields count, too. */
export const wholeCollectionFacts = (collection) => [
  ...collectionFacts(collection),
  ...(collection.fields ?? []).map((field) =>
    fact(`field ${field.id}`, `Field “${field.field_name}”`, [field.field_name, formatRule(field)], formatRule(field)),
  ),
];
