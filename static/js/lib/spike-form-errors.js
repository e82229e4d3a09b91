// What remains to be fixed in the form of a spike, and where.

import { humane } from "./field-rules.js";
import { count } from "./numbers.js";

const INPUT_OF = {
  name: "name",
  collection_id: "collection",
  start_datetime: "start",
  end_datetime: "end",
  duration: "end",
};
const WORDS = { start_datetime: "the start", end_datetime: "the end", duration: "the length" };

/**
 * The server's refusals by input: `name`, `collection`, `start`, `end`, and `<field id>.<setting>`;
 * `other` is what belongs to no input. `sent` are the entries that were sent.
 */
export function faultsFromServer(errors, sent, nameOf = () => "") {
  const faults = {};
  const other = [];
  for (const [path, [message]] of Object.entries(errors)) {
    const [, index, setting] = /^spike_fields\.(\d+)\.(\w+)$/.exec(path) ?? [];
    const id = index === undefined ? null : sent[index]?.original_field_id;
    if (INPUT_OF[path]) faults[INPUT_OF[path]] = sentence(message);
    else if (id && setting !== "original_field_id")
      faults[`${id}.${setting}`] = sentence(message, nameOf(id));
    else other.push(sentence(message));
  }
  return { faults, other };
}

function sentence(message, name = "") {
  const bare = name && message.startsWith(`${name}: `) ? message.slice(name.length + 2) : message;
  return humane(bare.replace(/\b(start_datetime|end_datetime|duration)\b/g, (word) => WORDS[word]));
}

/** The id of the input of a fault. */
export function inputOf(key) {
  if (["name", "collection", "start", "end", "length"].includes(key)) return `spike-${key}`;
  return `override-${key.replace(".", "-")}`;
}

/** Everything that remains, in the order of the page: `{target, words}`. */
export function remaining({ faults, collides, rows }) {
  const found = [];
  const add = (key, words) => found.push({ target: inputOf(key), words });
  if (faults.name) add("name", "the name");
  if (faults.collection) add("collection", "the collection");
  if (faults.start) add("start", "the start");
  if (faults.end) add("end", "the end");
  if (faults.length) add("length", "the length");
  if (collides) add("start", "the window collides");
  for (const row of rows) {
    const settings = row.inputs.filter(({ setting }) => faults[`${row.id}.${setting}`]);
    for (const { setting } of settings) add(`${row.id}.${setting}`, row.name);
  }
  return found;
}

/** "1 thing to fix: the window collides". */
export function remainingWords(found) {
  if (!found.length) return "";
  const [{ words }] = found;
  return `${count(found.length, "thing")} to fix: ${words}${found.length > 1 ? " first" : ""}`;
}
