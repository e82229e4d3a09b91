import assert from "node:assert/strict";
import { test } from "node:test";

import { findConflicts, toOccupied } from "../../static/js/lib/collisions.js";
import { findRemedies } from "../../static/js/lib/remedies.js";
import {
  draftFromWindow,
  formatWindowTimes,
  getAmbiguousTimes,
  resolveWindow,
  setWindow,
  shortenTo,
  toIso,
  toWindowBody,
  validateWindow,
} from "../../static/js/lib/spike-window.js";
import {
  applyDuration,
  applyRemaining,
  applyStartPreset,
  followClock,
  newDraft,
} from "../../static/js/lib/window-presets.js";
import { applyEndText, applyStartText, formatSkippedTime } from "../../static/js/lib/typed-time.js";

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 10, 24, 14, 0, 20);
const findCollision = (window, others, now) => {
  const conflicts = findConflicts(window, others);
  return conflicts.length ? { conflicts, ...findRemedies(window, conflicts, others, now) } : null;
};

const at = (hours, minutes = 0) => Date.UTC(2026, 10, 24, hours, minutes);
const typed = (instant) => {
  const date = new Date(instant);
  const two = (number) => String(number).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
};
const other = (id, start, end) => ({ id, name: `spike ${id}`, start, end });

test("a start preset rounds up to a minute and keeps the duration", () => {
  const draft = applyStartPreset(newDraft({ start: at(20), length: 30 * MINUTE }, NOW), "in-5-min", NOW);
  assert.equal(draft.start, at(14, 6));
  assert.equal(draft.end, at(14, 36));
  assert.equal(draft.startPreset, "in-5-min");
});

test("a start preset keeps the duration of a window whose end was typed", () => {
  const typedEnd = applyEndText(newDraft({ start: at(15) }, NOW), typed(at(15, 40)));
  const draft = applyStartPreset(typedEnd, "in-1-h", NOW);
  assert.equal(draft.end - draft.start, 40 * MINUTE);
});

test("a length preset moves the end only", () => {
  const draft = applyDuration(newDraft({ start: at(15) }, NOW), 240 * MINUTE);
  assert.deepEqual([draft.start, draft.end, draft.lengthPreset], [at(15), at(19), 240 * MINUTE]);
});

test("a typed value clears only its own preset", () => {
  const draft = newDraft({ startPreset: "in-5-min", length: 15 * MINUTE }, NOW);
  const start = applyStartText(draft, typed(at(16)));
  assert.deepEqual([start.startPreset, start.lengthPreset, start.end], ["", 15 * MINUTE, at(16, 15)]);
  const end = applyEndText(draft, typed(at(16)));
  assert.deepEqual([end.startPreset, end.lengthPreset, end.end], ["in-5-min", 0, at(16)]);
});

test("a typed end stays when the start changes", () => {
  const draft = applyStartText(applyEndText(newDraft({ start: at(15) }, NOW), typed(at(18))), typed(at(16)));
  assert.deepEqual([draft.start, draft.end], [at(16), at(18)]);
});

test("a preset start follows the clock, a typed one does not", () => {
  const pressed = newDraft({ startPreset: "in-5-min" }, NOW);
  assert.equal(followClock(pressed, NOW + 20_000), pressed);
  assert.equal(followClock(pressed, NOW + MINUTE).start, pressed.start + MINUTE);
  const still = newDraft({ start: at(15) }, NOW);
  assert.equal(followClock(still, NOW + MINUTE), still);
});

test("a start of now sends only a duration or the typed end", () => {
  const draft = newDraft({ startPreset: "now", length: 15 * MINUTE }, NOW);
  assert.deepEqual(toWindowBody(draft), { duration: 900 });
  assert.deepEqual(toWindowBody(applyEndText(draft, typed(at(15)))), { end_datetime: "2026-11-24T15:00:00.000Z" });
});

test("now is exact to the second, although the input shows minutes", () => {
  const draft = newDraft({ startPreset: "now" }, NOW);
  assert.equal(draft.start, at(14));
  assert.deepEqual(resolveWindow(draft, NOW), { start: NOW, end: NOW + 15 * MINUTE });
});

test("an unchanged instant keeps its microseconds", () => {
  const saved = ["2026-11-24T15:00:13.522323Z", "2026-11-24T15:30:13.522323Z"];
  const draft = draftFromWindow(...saved);
  assert.deepEqual(toWindowBody(draft, saved), { start_datetime: saved[0], end_datetime: saved[1] });
  assert.equal(toIso(at(15), saved), "2026-11-24T15:00:00.000Z");
});

test("errors are at the input that can fix them", () => {
  const draft = newDraft({ start: at(15) }, NOW);
  assert.deepEqual(validateWindow(draft, NOW), {});
  assert.deepEqual(validateWindow(applyStartText(draft, ""), NOW), { start: "Enter a date and a time." });
  assert.deepEqual(validateWindow(applyEndText(draft, ""), NOW), { end: "Enter a date and a time." });
  assert.deepEqual(validateWindow(applyEndText(draft, typed(at(15))), NOW), { end: "Must be after the start." });
  assert.deepEqual(validateWindow(setWindow(draft, at(12), at(13)), NOW), { end: "Must be in the future." });
  assert.match(validateWindow(setWindow(draft, Date.UTC(1969, 0), at(15)), NOW).start, /1970/);
});

test("a window may begin in the past", () => {
  assert.deepEqual(validateWindow(setWindow(newDraft({}, NOW), at(13), at(15)), NOW), {});
});

test("windows may touch", () => {
  const others = [other(1, at(14), at(15)), other(2, at(16), at(17))];
  assert.equal(findCollision({ start: at(15), end: at(16) }, others, NOW), null);
});

test("a collision names the other windows and the remedies", () => {
  const others = [other(1, at(16), at(16, 20)), other(2, at(18), at(19))];
  const found = findCollision({ start: at(15, 45), end: at(16, 15) }, others, NOW);
  assert.deepEqual(
    found.conflicts.map(({ id }) => id),
    [1],
  );
  assert.deepEqual(found.free, { start: at(16, 20), end: at(16, 50) });
  assert.equal(found.shortened, at(16));
});

test("the next free slot skips gaps that are too short", () => {
  const others = [other(1, at(16), at(16, 20)), other(2, at(16, 40), at(19))];
  assert.equal(findCollision({ start: at(15, 45), end: at(16, 15) }, others, NOW).free.start, at(19));
});

test("the next free slot begins on a whole minute if possible", () => {
  const odd = at(16) + 13_000;
  const loose = findCollision({ start: at(15), end: at(15, 30) }, [other(1, at(14), odd)], NOW);
  assert.equal(loose.free.start, at(16, 1));
  const tight = [other(1, at(14), odd), other(2, odd + 30 * MINUTE, at(17))];
  assert.equal(findCollision({ start: at(15), end: at(15, 30) }, tight, NOW).free.start, odd);
});

test("a window that begins inside another cannot be shortened", () => {
  assert.equal(
    findCollision({ start: at(15), end: at(16) }, [other(1, at(14), at(15, 30))], NOW).shortened,
    null,
  );
});

test("a window is not shortened into the past", () => {
  const found = findCollision({ start: at(12), end: at(16) }, [other(1, at(13), at(13, 30))], NOW);
  assert.equal(found.shortened, null);
});

test("an end with microseconds is rounded up", () => {
  const spike = {
    id: 1,
    name: "a",
    start_datetime: "2026-11-24T15:00:00Z",
    end_datetime: "2026-11-24T15:30:00.000323Z",
  };
  assert.equal(toOccupied(spike).end, at(15, 30) + 1);
  assert.equal(toOccupied({ ...spike, end_datetime: "2026-11-24T15:30:00.5Z" }).end, at(15, 30) + 500);
});

test("moving keeps the preset duration, shortening does not", () => {
  const draft = newDraft({ start: at(15), length: 15 * MINUTE }, NOW);
  assert.equal(setWindow(draft, at(16), at(16, 15)).lengthPreset, 15 * MINUTE);
  assert.equal(shortenTo(draft, at(15, 10)).lengthPreset, 0);
  assert.equal(shortenTo(draft, at(15, 10)).end, at(15, 10));
});

test("times say when the end is on another day", () => {
  const local = (day, hours) => new Date(2026, 10, day, hours).getTime();
  assert.equal(formatWindowTimes({ start: local(24, 22), end: local(25, 4) }), "22:00–04:00 +1");
});

// --- Days, lengths from now, changes of the clocks

const BERLIN = "Europe/Berlin";
const iso = (instant) => new Date(instant).toISOString().slice(0, 16);

test("a start on a later day is at nine in the viewer's time zone, across changes of the clocks", () => {
  const pressed = (preset, now) => iso(applyStartPreset(newDraft({ start: now }, now), preset, now, BERLIN).start);
  const saturday = Date.UTC(2027, 9, 30, 12);
  assert.equal(pressed("tomorrow", saturday), "2027-10-31T08:00");
  assert.equal(pressed("next-monday", saturday), "2027-11-01T08:00");
  assert.equal(pressed("next-monday", Date.UTC(2027, 9, 31, 23)), "2027-11-08T08:00"); // it is Monday in Berlin
  assert.equal(pressed("next-monday", Date.UTC(2027, 9, 31, 22)), "2027-11-01T08:00");
});

test("a start on a later day does not move when that day comes", () => {
  const evening = new Date(2026, 10, 24, 23, 59).getTime();
  const draft = applyStartPreset(newDraft({ start: evening }, evening), "tomorrow", evening);
  assert.equal(followClock(draft, evening + 30_000), draft);
  const later = followClock(draft, evening + 2 * MINUTE);
  assert.deepEqual([later.start, later.startPreset], [draft.start, ""]);
});

test("the duration of an active spike counts from now", () => {
  const on = draftFromWindow("2026-11-24T10:00:00Z", "2026-11-24T20:00:00Z");
  const draft = applyRemaining(on, 15 * MINUTE, NOW);
  assert.deepEqual([draft.start, draft.end, draft.lengthPreset], [on.start, NOW + 15 * MINUTE, 15 * MINUTE]);
  assert.deepEqual(validateWindow(draft, NOW), {});
  assert.equal(applyStartPreset(draft, "in-1-h", NOW).lengthPreset, 0);
});

test("both instants of a local time that occurs twice keep their milliseconds", () => {
  const second = Date.UTC(2027, 9, 31, 1, 30, 9, 250);
  const instants = getAmbiguousTimes(second, BERLIN);
  assert.deepEqual(
    instants.map(({ at: instant, label, offset }) => [instant, label, offset]),
    [
      [second - 3_600_000, "First 02:30:09", "UTC+2"],
      [second, "Second 02:30:09", "UTC+1"],
    ],
  );
  assert.deepEqual(getAmbiguousTimes(Date.UTC(2027, 9, 31, 2, 30), BERLIN), []);
  assert.deepEqual(getAmbiguousTimes(null, BERLIN), []);
});

test("a skipped local time is reported with its replacement", () => {
  assert.equal(
    formatSkippedTime("2027-03-28T02:30", BERLIN),
    "02:30 does not exist that day: clocks go from 02:00 to 03:00. 03:30 is used instead.",
  );
  assert.equal(formatSkippedTime("2027-03-28T03:30", BERLIN), "");
  assert.equal(formatSkippedTime("", BERLIN), "");
});

test("changes of a repeated hour stay in its second occurrence", () => {
  const draft = draftFromWindow("2027-10-31T00:30:00Z", "2027-10-31T01:30:00Z");
  assert.equal(iso(applyEndText(draft, "2027-10-31T02:45", draft.end, BERLIN).end), "2027-10-31T01:45");
  assert.equal(iso(applyStartText(draft, "2027-10-31T02:15", draft.start, BERLIN).start), "2027-10-31T00:15");
});
