// One real poll from the browser, to try a key.

import { parseLines } from "./json-lines.js";

const NO_ANSWER = "Spikecast did not answer. Check that it is running and that this browser can reach it.";

/**
 * Poll an address with a key, which goes nowhere else: no cookies are sent. Resolves to
 * `{isOk, status, took, text, error}`: the status line, the time in milliseconds, the body as lines, and what went
 * wrong in words.
 */
export async function pollOnce(url, key) {
  const began = performance.now();
  try {
    const answer = await fetch(url, {
      headers: { "X-API-Key": key, Accept: "application/json" },
      credentials: "omit",
      cache: "no-store",
    });
    const body = await answer.text();
    const took = Math.max(1, Math.round(performance.now() - began));
    const status = `${answer.status} ${answer.statusText || (answer.ok ? "OK" : "")}`.trim();
    return { isOk: answer.ok, status, took, text: formatBody(body), error: answer.ok ? "" : getReason(body, status) };
  } catch {
    return { isOk: false, status: "No answer", took: 0, text: "", error: NO_ANSWER };
  }
}

/** Format JSON with a line for each member; every digit stays. Other bodies stay as they are. */
function formatBody(body) {
  if (!body.startsWith("{")) return body;
  const format = ({ indent, key, value, tail }) => "  ".repeat(indent) + (key && key + ": ") + value + tail;
  return parseLines(body).map(format).join("\n");
}

/** Return what a refused poll says of the reason. */
function getReason(body, status) {
  try {
    const { title, detail } = JSON.parse(body);
    return detail || title || status;
  } catch {
    return `The answer is not from Spikecast: ${status}. Is there a proxy in between?`;
  }
}
