// What a snippet is about: `{origin, collection: {id, name}, type, key, byId, fields, field}`.

import { dataPath, dataPathById } from "../collection-words.js";

/** Stands where the key belongs, as long as nobody pasted one. */
export const PLACEHOLDER = "YOUR_API_KEY";

export const urlById = ({ origin, collection, type }) => origin + dataPathById(collection, type);

/** By name, or by id where the person prefers it. */
export function urlOf(target) {
  const { origin, collection, type, byId } = target;
  return byId ? urlById(target) : origin + dataPath(collection, type);
}

export const isText = ({ value_type: type }) => type === "TEXT_FIXED";

/** A word for it that any tool takes: "spikecast_3_performance". */
export const slug = ({ collection, type }) => `spikecast_${collection.id}_${type.toLowerCase()}`;
