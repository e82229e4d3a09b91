// The strip below the window's inputs: the collection's other windows above, the draft and the next free slot
// below. Pure.

import { estimateTextWidth, placeLabels } from "./bar-labels.js";
import { formatWindowTimes } from "./spike-window.js";
import { HOUR_MS, MINUTE_MS, buildBars, buildTicks, createScale, toPx } from "./time-axis.js";
import { getWindowStatus } from "./durations.js";

const STEPS_MIN = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 7 * 1440, 28 * 1440, 365 * 1440];
const TICK_GAP_PX = 76;
const MIN_BAR_PX = 7;
const LABELS = { paddingPx: 7, gapPx: 7 };
const CHAR_PX = 6.2;
const DRAFT_CENTER = 0.46; // where the middle of the draft stands, as a share of the strip

/** Return the range to show: about four hours for half an hour, and more if the free slot is near. */
export function getVisibleRange({ start, end }, free = null) {
  const length = end - start;
  const span = length <= HOUR_MS / 2 ? Math.max(8 * length, HOUR_MS) : 4 * length + 2 * HOUR_MS;
  const from = (start + end) / 2 - DRAFT_CENTER * span;
  const needed = free ? free.end + 0.2 * span : 0;
  return { from, to: needed - from <= 2 * span ? Math.max(from + span, needed) : from + span };
}

/** Build the strip for a drawing `pixels` wide; a `isNarrow` one only labels the draft and the free slot. */
export function buildWindowStrip({ draft, others, collision, now, pixels, range, isNarrow = false }) {
  const scale = createScale(range ?? getVisibleRange(draft, collision?.free), pixels);
  const conflicts = collision?.conflicts ?? [];
  const hatched = new Set(conflicts.map(({ id }) => id));
  const showsNow = now > scale.from && now < scale.to;
  const options = { ...LABELS, pixels, lineX: showsNow ? scale.toX(now) : null };

  const drawn = [{ ...draft, id: "draft", name: "This spike", isHatched: Boolean(collision) }];
  if (collision?.free) drawn.push({ ...collision.free, id: "free", name: "Next free slot" });
  const lower = withLabels(buildBars(drawn, scale, MIN_BAR_PX), options, isNarrow);
  const upper = buildBars(others, scale, MIN_BAR_PX).map((bar) => ({
    ...bar,
    isHatched: hatched.has(bar.id),
    status: getWindowStatus(bar.start, bar.end, now),
  }));
  return {
    now: scale.toVisibleX(now),
    pastWidth: toPx(scale.toVisibleX(now)),
    showsNow,
    ticks: buildStripTicks(scale),
    others: isNarrow ? upper : withLabels(upper, options, false),
    draft: lower.find(({ id }) => id === "draft"),
    free: lower.find(({ id }) => id === "free") ?? null,
    collisions: buildBars(conflicts.map((other) => intersect(other, draft)).filter(isWindow), scale, MIN_BAR_PX),
  };
}

/** Build the ticks of the strip; years apart if years are shown. */
export function buildStripTicks(scale) {
  const fallbackMin = Math.ceil((scale.to - scale.from) / MINUTE_MS / 4);
  const options = { stepsMin: [...STEPS_MIN, fallbackMin], fallbackMin, minGapPx: TICK_GAP_PX, hasDates: true };
  return buildTicks(scale, { ...options, edgePx: 0.03 * scale.pixels });
}

function withLabels(bars, options, isNarrow) {
  const timed = bars.map((bar) => ({ ...bar, times: formatWindowTimes(bar) }));
  const labels = placeLabels(
    timed.map((bar) => ({ ...bar, texts: buildTexts(bar, isNarrow) })),
    options,
  );
  return timed.map((bar, index) => ({ ...bar, label: labels[index].place ? labels[index] : null }));
}

function buildTexts({ name, times }, isNarrow) {
  const short = { name, times: "", width: estimateTextWidth(name, CHAR_PX) };
  return isNarrow ? [short] : [{ name, times, width: estimateTextWidth(`${name} ${times}`, CHAR_PX) }, short];
}

const intersect = (one, other) => ({
  id: one.id,
  start: Math.max(one.start, other.start),
  end: Math.min(one.end, other.end),
});

const isWindow = ({ start, end }) => start < end;

/** Return the window after dragging it by some milliseconds, in whole minutes; `part` is "start", "end" or "move". */
export function dragWindow({ start, end }, part, milliseconds) {
  const by = roundMinute(milliseconds);
  if (part === "start") return { start: Math.min(roundMinute(start + by), end - MINUTE_MS), end };
  if (part === "end") return { start, end: Math.max(roundMinute(end + by), start + MINUTE_MS) };
  const moved = roundMinute(start + by);
  return { start: moved, end: moved + (end - start) };
}

const roundMinute = (instant) => Math.round(instant / MINUTE_MS) * MINUTE_MS;
