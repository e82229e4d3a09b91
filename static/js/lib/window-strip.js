// The strip under the window: the collection's other windows above, the draft and the next free slot below.
// Everything in per cent of the strip's width; where a label goes depends on its width in pixels.

import { formatWindowTimes } from "./spike-window.js";
import { formatClockFace, getWindowStatus } from "./time.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 7 * 1440, 28 * 1440, 365 * 1440];
const LETTER = 6.2; // pixels; a guess that errs on the wide side
const GAP = 7;
const LEAST = 7; // pixels of a bar
const MIDDLE = 0.46; // where the middle of the draft stands

/** The time that is shown: about four hours round half an hour; more where the free slot is near. */
export function getVisibleRange({ start, end }, free = null) {
  const length = end - start;
  const span = length <= HOUR / 2 ? Math.max(8 * length, HOUR) : 4 * length + 2 * HOUR;
  const from = (start + end) / 2 - MIDDLE * span;
  const needed = free ? free.end + 0.2 * span : 0;
  return { from, to: needed - from <= 2 * span ? Math.max(from + span, needed) : from + span };
}

/** The whole strip for a drawing `pixels` wide. */
export function buildWindowStrip({ draft, others, collision, now, pixels, scale, narrow = false }) {
  const { from, to } = scale ?? getVisibleRange(draft, collision?.free);
  const at = (instant) => Math.min(100, Math.max(0, ((instant - from) / (to - from)) * 100));
  const bar = ({ start, end }) => {
    const left = Math.min(at(start), 100 - (LEAST / pixels) * 100);
    return { left, right: Math.max(at(end), left + (LEAST / pixels) * 100) };
  };
  const isSeen = ({ start, end }) => start < to && end > from;

  const upper = others.filter(isSeen).sort((one, other) => one.start - other.start);
  const free = collision?.free && isSeen(collision.free) ? collision.free : null;
  const lower = [{ ...draft, id: "draft", name: "This spike" }];
  if (free) lower.push({ ...free, id: "free", name: "Next free slot" });
  lower.sort((one, other) => one.start - other.start);

  const hatched = new Set((collision?.conflicts ?? []).map(({ id }) => id)).add(collision && "draft");
  const described = (windows, show) => {
    const bars = windows.map((each) => ({
      ...each,
      ...bar(each),
      times: formatWindowTimes(each),
      isHatched: hatched.has(each.id),
    }));
    return show ? labelled(bars, pixels, narrow, now > from && now < to ? at(now) : null) : bars;
  };
  const below = described(lower, true);
  return {
    from,
    to,
    now: at(now),
    showsNow: now > from && now < to,
    ticks: ticksOf(from, to, at, pixels),
    others: described(upper, !narrow).map((each) => ({ ...each, status: statusOf(each, now) })),
    draft: below.find(({ id }) => id === "draft"),
    free: below.find(({ id }) => id === "free") ?? null,
    collisions: (collision?.conflicts ?? [])
      .map((other) => ({
        id: other.id,
        start: Math.max(other.start, draft.start),
        end: Math.min(other.end, draft.end),
      }))
      .filter(({ start, end }) => start < end)
      .map((each) => ({ id: each.id, ...bar(each) })),
  };
}

const statusOf = ({ start, end }, now) => getWindowStatus(start, end, now);

/** Give each bar its label: inside where it fits and can be read, else right, else left, else none; not across now. */
export function labelled(bars, pixels, narrow = false, now = null) {
  const share = (width) => (width / pixels) * 100;
  const crosses = (from, to) => now !== null && from < now && now < to;
  let taken = 0;
  return bars.map((bar, index) => {
    const until = bars[index + 1]?.left ?? 100;
    const texts = narrow
      ? [[bar.name, ""]]
      : [
          [bar.name, bar.times],
          [bar.name, ""],
        ];
    for (const [name, when] of texts) {
      const needed = share([...`${name} ${when}`].length * LETTER + GAP);
      const label = { name, times: when };
      const isInside = !bar.isHatched && needed + share(GAP) <= bar.right - bar.left;
      if (isInside && !crosses(bar.left, bar.left + needed)) {
        taken = bar.right;
        return { ...bar, label: { ...label, place: "inside", left: bar.left, right: null } };
      }
      if (bar.right + needed + share(GAP) <= until && !crosses(bar.right, bar.right + needed)) {
        taken = bar.right + needed;
        return { ...bar, label: { ...label, place: "right", left: bar.right, right: null } };
      }
      if (bar.left - needed - share(GAP) >= taken && !crosses(bar.left - needed, bar.left)) {
        taken = bar.right;
        return { ...bar, label: { ...label, place: "left", left: null, right: 100 - bar.left } };
      }
    }
    taken = bar.right;
    return { ...bar, label: null };
  });
}

/** Lines at round times of the viewer's day, as far apart as their labels need. */
export function ticksOf(from, to, at, pixels) {
  const minutes = (to - from) / MINUTE;
  const step = STEPS.find((each) => (each / minutes) * pixels >= 76) ?? Math.ceil(minutes / 4);
  const [year, month, date] = ((day) => [day.getFullYear(), day.getMonth(), day.getDate()])(new Date(from));
  const ticks = [];
  for (let count = 0, tick = 0; tick < to && count < 4000; count += 1) {
    tick = new Date(year, month, date, 0, count * step).getTime(); // wall time, whatever the clocks do
    const place = at(tick);
    const isInside = tick > from && tick < to && place > 3 && place < 97;
    if (isInside) ticks.push({ at: tick, left: place, label: labelOf(tick, step) });
  }
  return ticks;
}

function labelOf(tick, step) {
  const date = new Date(tick);
  const midnight = date.getHours() === 0 && date.getMinutes() === 0;
  if (!midnight) return formatClockFace(tick);
  const year = step * MINUTE >= 28 * DAY ? { year: "numeric" } : {};
  return date.toLocaleDateString("en-GB", {
    weekday: year.year ? undefined : "short",
    day: "numeric",
    month: "short",
    ...year,
  });
}

/** Where dragging has brought the window, on whole minutes; `part` is "start", "end" or "move". */
export function dragWindow({ start, end }, part, milliseconds) {
  const by = Math.round(milliseconds / MINUTE) * MINUTE;
  const neat = (instant) => Math.round(instant / MINUTE) * MINUTE;
  if (part === "start") return { start: Math.min(neat(start + by), end - MINUTE), end };
  if (part === "end") return { start, end: Math.max(neat(end + by), start + MINUTE) };
  const moved = neat(start + by);
  return { start: moved, end: moved + (end - start) };
}
