// Responses for display, as the server sent them.

import { send, signInAgain } from "./api.js";

/** Return the response to a GET for display: `{status, words, headers, text}`; an error status does not reject. */
export async function getRaw(path) {
  const answer = await send("GET", path);
  if (answer.status === 401 && (await signInAgain())) return getRaw(path);
  return { status: answer.status, words: answer.statusText, headers: answer.headers, text: await answer.text() };
}
