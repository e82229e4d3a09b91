// The server's errors at the inputs of the spike form. Loaded on demand, when the server refuses a spike.

import { getExpectKey } from "./expect-errors.js";
import { humanize } from "./server-errors.js";

const INPUTS = {
  name: "name",
  collection_id: "collection",
  start_datetime: "start",
  end_datetime: "end",
  duration: "end",
};
const LABELS = { start_datetime: "the start", end_datetime: "the end", duration: "the duration" };

/**
 * Map the server's errors to inputs: `name`, `collection`, `start`, `end`, `<field id>.<setting>`,
 * and those of expect-errors.js;
 * `other` has the errors without an input. `sent` are the overrides that were sent.
 */
export function mapServerErrors(serverErrors, sent, getName = () => "") {
  const errors = {};
  const other = [];
  for (const [path, [message]] of Object.entries(serverErrors)) {
    const [, index, setting] = /^spike_fields\.(\d+)\.(\w+)$/.exec(path) ?? [];
    const id = index === undefined ? null : sent[index]?.original_field_id;
    const expectKey = getExpectKey(path);
    if (INPUTS[path]) errors[INPUTS[path]] = sentence(message);
    else if (expectKey) errors[expectKey] = sentence(message);
    else if (id && setting !== "original_field_id")
      errors[`${id}.${setting}`] = sentence(message, getName(id));
    else other.push(sentence(message));
  }
  return { errors, other };
}

function sentence(message, name = "") {
  const bare = name && message.startsWith(`${name}: `) ? message.slice(name.length + 2) : message;
  return humanize(bare.replace(/\b(start_datetime|end_datetime|duration)\b/g, (word) => LABELS[word]));
}
