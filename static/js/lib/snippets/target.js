// What a snippet is about: `{origin, collection: {id, name}, type, key, byId, fields, field, series}`. The server
// says under which names Prometheus stores the fields: `series` is its list.

import { dataPath, dataPathById } from "../collection-format.js";
import { getType } from "../value-types.js";

/** Stands where the key belongs, as long as the page has none. */
export const PLACEHOLDER = "YOUR_API_KEY";

export const urlById = ({ origin, collection, type }) => origin + dataPathById(collection, type);

/** Zabbix refuses addresses of over 2,048 characters, and other tools have limits near that. */
const MAX_URL_LENGTH = 2000;

/** Return the URL by name; by id if the user prefers it, or if the name makes the URL too long for some tools. */
export function getUrl(target) {
  const { origin, collection, type, byId } = target;
  const byName = origin + dataPath(collection, type);
  return byId || byName.length > MAX_URL_LENGTH ? urlById(target) : byName;
}

/** Return the URL with another format than JSON. */
export const urlOfFormat = (target, format) => `${getUrl(target)}?format=${format}`;

export const isText = (field) => getType(field).value_kind === "text";

/** Return an identifier that every tool accepts: "spikecast_3_performance". */
export const slug = ({ collection, type }) => `spikecast_${collection.id}_${type.toLowerCase()}`;

/** Return the series of the chosen field; undefined until the server has listed them. */
export const getSeries = ({ series, field }) => series.find(({ field_id }) => field_id === field.id);
