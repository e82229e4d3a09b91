// Calling the JSON API from a page. Every response sets the server's clock.

import { withPrefix, csrfCookie } from "./base.js";
import { openDialog } from "./layout-events.js";
import { fromJson, toJson } from "./exact-number.js";
import { serverClock, serverNow } from "./server-clock.js";

/** An error response of the API: RFC 9457 problem details. */
export class Problem extends Error {
  constructor(details) {
    super(details.detail || details.title || "Something went wrong.");
    Object.assign(this, { errors: {} }, details);
  }
}

/** The message if the server does not respond. */
export const UNREACHABLE = "The server is not responding. Try again in a moment.";

const ETAG = Symbol("ETag");
const LOADED_AT = Symbol("loaded at");

/** Return the ETag that an item was loaded with; empty for an item of a list. */
export const getEtag = (item) => item?.[ETAG] ?? "";

/** Return when an item was loaded, in milliseconds of the server's clock; 0 for an item of a list. */
export const getLoadedAt = (item) => item?.[LOADED_AT] ?? 0;

/**
 * Call the API; resolve to the JSON of the response (null if empty), or reject with a Problem.
 * With an `etag`, the change is only made if the item still has it. If the sign-in has ended, the user
 * is asked to sign in, and the call is repeated.
 */
export async function call(method, path, body, etag) {
  const answer = await send(method, path, body, etag);
  if (answer.status === 401 && (await signInAgain())) return call(method, path, body, etag);
  if (answer.status === 204) return null;
  const json = await answer.text().then(fromJson).catch(() => ({ status: answer.status, title: answer.statusText }));
  if (!answer.ok) throw new Problem(json);
  const tag = answer.headers.get("ETag");
  // A compressing proxy makes the tag weak; a weak tag would never match.
  if (tag) Object.assign(json, { [ETAG]: tag.replace(/^W\//, ""), [LOADED_AT]: serverNow() });
  return json;
}

export const get = (path, query) => call("GET", withQuery(path, query));
export const post = (path, body, etag) => call("POST", path, body, etag);
export const patch = (path, body, etag) => call("PATCH", path, body, etag);
export const remove = (path, etag) => call("DELETE", path, undefined, etag);

/** Return the path with a query string; empty values are omitted. */
export function withQuery(path, query = {}) {
  const nonEmpty = Object.entries(query).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  return nonEmpty.length ? `${path}?${new URLSearchParams(nonEmpty)}` : path;
}

/** Send a request; resolve to the response, whatever its status. Reject with a Problem if there is none. */
export async function send(method, path, body, etag) {
  const headers = { Accept: "application/json" };
  if (etag) headers["If-Match"] = etag;
  if (method !== "GET") headers["X-CSRF-TOKEN"] = cookie(csrfCookie);
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const sent = Date.now();
  try {
    const text = body === undefined ? undefined : toJson(body);
    const answer = await fetch(withPrefix(path), { method, headers, body: text });
    serverClock.observe(answer.headers.get("Date"), sent, Date.now());
    return answer;
  } catch {
    throw new Problem({ status: 0, title: "No response", detail: UNREACHABLE });
  }
}

/** Return the value of a cookie that scripts can read. */
export function cookie(name, text = document.cookie) {
  const found = text.split("; ").find((pair) => pair.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}

// The dialog is in the layout; it resolves to whether the user signed in.
let signInRequest = null;

/** Ask the user to sign in; resolve to whether that succeeded. */
export function signInAgain() {
  signInRequest ??= openDialog("signed-out").finally(() => {
    signInRequest = null;
  });
  return signInRequest;
}
