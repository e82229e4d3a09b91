// Presets for the start and the duration of a draft. Loaded on demand, for a new spike or when a preset is chosen. Pure:
// the current time and the zone are parameters.

import { getInstantInDays, getWeekday } from "./local-time.js";
import { DURATIONS, ceilMinute, floorMinute, moveEnd } from "./spike-window.js";
import { MINUTE_MS, getZoneName } from "./time-zone.js";

const START_TIMES = {
  now: { after: 0 },
  "in-5-min": { after: 5 * MINUTE_MS },
  "in-1-h": { after: 60 * MINUTE_MS },
  tomorrow: { days: () => 1 },
  "next-monday": { days: (today) => (8 - today) % 7 || 7 },
};
const MORNING_HOUR = 9;

/** Create the draft of a new window, from a start or from a preset that follows the clock. */
export function newDraft({ start = null, startPreset = "", length = 15 * MINUTE_MS }, now) {
  const draft = { startPreset, start, end: null, length, lengthPreset: matchPreset(length) };
  return moveEnd(startPreset ? { ...draft, start: resolveStart(startPreset, now) } : draft);
}

const matchPreset = (length) => (DURATIONS.some((each) => each.length === length) ? length : 0);

function resolveStart(preset, now, zone = getZoneName()) {
  const { after, days } = START_TIMES[preset];
  if (days) return getInstantInDays(days(getWeekday(now, zone)), MORNING_HOUR, now, zone);
  return after ? ceilMinute(now + after) : floorMinute(now);
}

/** Apply a start preset; the duration stays the same. */
export function applyStartPreset(draft, preset, now, zone = getZoneName()) {
  const known = draft.start !== null && draft.end > draft.start;
  const length = draft.length ?? (known ? draft.end - draft.start : 15 * MINUTE_MS);
  const lengthPreset = draft.length === null ? 0 : draft.lengthPreset;
  return moveEnd({ ...draft, startPreset: preset, start: resolveStart(preset, now, zone), length, lengthPreset });
}

/** Apply a duration: after the start, or for an active spike after the present time. */
export const changeDuration = (draft, length, now, isActive) =>
  isActive ? applyRemaining(draft, length, now) : applyDuration(draft, length);

/** Apply a duration; the start stays the same. */
export const applyDuration = (draft, length) => moveEnd({ ...draft, length, lengthPreset: matchPreset(length) });

/** Let an active spike end after this time from now. */
export const applyRemaining = (draft, length, now) => ({
  ...draft,
  end: Math.floor(now / 1000) * 1000 + length,
  length: null,
  lengthPreset: matchPreset(length),
});

/** Let the start follow the clock while a start preset is selected. */
export function followClock(draft, now) {
  if (!draft.startPreset) return draft;
  const start = resolveStart(draft.startPreset, now);
  // "Tomorrow" means another day after midnight: keep the date that was chosen.
  if (START_TIMES[draft.startPreset].days)
    return start === draft.start ? draft : { ...draft, startPreset: "" };
  return start === draft.start ? draft : moveEnd({ ...draft, start });
}
