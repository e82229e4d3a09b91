// The properties of a collection that people edit, for comparing versions.

import { property, nameProperty } from "./compare-versions.js";
import { formatRule } from "./format.js";

export function getCollectionProperties(collection) {
  const { name, owner_id: id, owner } = collection;
  return [nameProperty("name", "Name", name), property("owner", "Owner", id, owner ?? `user ${id}`)];
}

/** Return the properties of a collection and its fields, for a deletion. */
export const getAllCollectionProperties = (collection) => [
  ...getCollectionProperties(collection),
  ...(collection.fields ?? []).map((field) =>
    property(`field ${field.id}`, `Field “${field.field_name}”`, [field.field_name, formatRule(field)], formatRule(field)),
  ),
];
