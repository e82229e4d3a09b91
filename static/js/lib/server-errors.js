// Errors of the server as sentences.

import { SETTINGS } from "./value-types.js";

/** Return the message as a sentence that names settings as the form does: the server names columns. */
export function humanize(message) {
  const named = message.replace(/\b[a-z]+(_[a-z]+)+\b/g, (name) =>
    SETTINGS[name] ? `“${SETTINGS[name].label}”` : name,
  );
  const sentence = named.charAt(0).toUpperCase() + named.slice(1);
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
