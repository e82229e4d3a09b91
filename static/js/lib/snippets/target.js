// What a snippet is about: `{origin, collection: {id, name}, type, key, byId, fields, field}`.

import { dataPath, dataPathById } from "../collection-format.js";
import { getType } from "../value-types.js";

/** Stands where the key belongs, as long as nobody pasted one. */
export const PLACEHOLDER = "YOUR_API_KEY";

export const urlById = ({ origin, collection, type }) => origin + dataPathById(collection, type);

/** Zabbix refuses addresses of over 2,048 characters, and other tools have limits near that. */
const MAX_URL_LENGTH = 2000;

/** By name; by id where the person prefers it, or where a long name makes the address too long for some tools. */
export function getUrl(target) {
  const { origin, collection, type, byId } = target;
  const byName = origin + dataPath(collection, type);
  return byId || byName.length > MAX_URL_LENGTH ? urlById(target) : byName;
}

export const isText = (field) => getType(field).value_kind === "text";

/** A word for it that any tool takes: "spikecast_3_performance". */
export const slug = ({ collection, type }) => `spikecast_${collection.id}_${type.toLowerCase()}`;
