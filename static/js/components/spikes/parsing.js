// Parsing what is typed into the inputs of the window. Loaded on demand (see window.js).

import { parseDuration } from "../../lib/duration-text.js";
import { serverNow } from "../../lib/server-clock.js";
import { applyEndText, applyStartText, formatSkippedTime } from "../../lib/typed-time.js";
import { changeDuration } from "../../lib/window-presets.js";

const APPLY = { start: applyStartText, end: applyEndText };

/** Apply a typed start or end. Small changes are relative to `before`, the value before typing. */
export function applyTime(form, part, text, before) {
  form.setWindow(APPLY[part](form.draft, text, before));
  form.skippedTimes[part] = { words: formatSkippedTime(text), at: form.draft[part] };
}

/** Apply a typed duration, or show why it is invalid. */
export function applyDuration(form, text) {
  const { length: milliseconds, error } = parseDuration(text);
  form.now = serverNow();
  if (!error) form.setWindow(changeDuration(form.draft, milliseconds, form.now, form.isActive));
  Object.assign(form, { typedDuration: text, durationError: error });
  form.touch("length");
}
