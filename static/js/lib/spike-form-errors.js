// The errors of the spike form, and where to fix them.

import { humanize } from "./field-rules.js";
import { formatCount } from "./numbers.js";

const INPUTS = {
  name: "name",
  collection_id: "collection",
  start_datetime: "start",
  end_datetime: "end",
  duration: "end",
};
const LABELS = { start_datetime: "the start", end_datetime: "the end", duration: "the duration" };

/**
 * Map the server's errors to inputs: `name`, `collection`, `start`, `end`, and `<field id>.<setting>`;
 * `other` has the errors without an input. `sent` are the overrides that were sent.
 */
export function mapServerErrors(serverErrors, sent, nameOf = () => "") {
  const errors = {};
  const other = [];
  for (const [path, [message]] of Object.entries(serverErrors)) {
    const [, index, setting] = /^spike_fields\.(\d+)\.(\w+)$/.exec(path) ?? [];
    const id = index === undefined ? null : sent[index]?.original_field_id;
    if (INPUTS[path]) errors[INPUTS[path]] = sentence(message);
    else if (id && setting !== "original_field_id")
      errors[`${id}.${setting}`] = sentence(message, nameOf(id));
    else other.push(sentence(message));
  }
  return { errors, other };
}

function sentence(message, name = "") {
  const bare = name && message.startsWith(`${name}: `) ? message.slice(name.length + 2) : message;
  return humanize(bare.replace(/\b(start_datetime|end_datetime|duration)\b/g, (word) => LABELS[word]));
}

/** Return the id of the input of an error. */
export function getInputId(key) {
  if (["name", "collection", "start", "end", "length"].includes(key)) return `spike-${key}`;
  return `override-${key.replace(".", "-")}`;
}

/** List the problems in the order of the page: `{target, words}`. */
export function listProblems({ errors, collides, rows }) {
  const found = [];
  const add = (key, words) => found.push({ target: getInputId(key), words });
  if (errors.name) add("name", "the name");
  if (errors.collection) add("collection", "the collection");
  if (errors.start) add("start", "the start");
  if (errors.end) add("end", "the end");
  if (errors.length) add("length", "the duration");
  if (collides) add("start", "the window collides");
  for (const row of rows) {
    const settings = row.inputs.filter(({ setting }) => errors[`${row.id}.${setting}`]);
    for (const { setting } of settings) add(`${row.id}.${setting}`, row.name);
  }
  return found;
}

/** Format the problems: "1 thing to fix: the window collides". */
export function formatProblems(found) {
  if (!found.length) return "";
  const [{ words }] = found;
  return `${formatCount(found.length, "thing")} to fix: ${words}${found.length > 1 ? " first" : ""}`;
}
