// The errors of the spike form, and where to fix them.

import { formatCount } from "./numbers.js";

/** Return the id of the input of an error. */
export function getInputId(key) {
  return key.includes(".") ? `override-${key.replace(".", "-")}` : `spike-${key}`;
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
  for (const key of Object.keys(errors)) if (key.startsWith("expect-")) add(key, "what you expect");
  return found;
}

/** Format the problems: "1 thing to fix: the window collides". */
export function formatProblems(found) {
  if (!found.length) return "";
  const [{ words }] = found;
  return `${formatCount(found.length, "thing")} to fix: ${words}${found.length > 1 ? " first" : ""}`;
}
