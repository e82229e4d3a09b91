// Collisions of the window with the collection's other spikes, and their remedies.

import { findConflicts } from "../../lib/collisions.js";
import { formatWindowTimes, setWindow, shortenTo } from "../../lib/spike-window.js";

// Of the module of remedies, once it is loaded.
let findRemedies = null;

async function loadRemedies() {
  ({ findRemedies } = await import("../../lib/remedies.js"));
}

export const spikeCollision = () => ({
  collision: null,

  // Actions

  /** Find the spikes that collide with the window. Remedies follow as soon as their module is loaded. */
  updateCollision(window) {
    const conflicts = window ? findConflicts(window, this.others) : [];
    if (!conflicts.length) {
      this.collision = null;
      return;
    }
    const remedies = findRemedies?.(window, conflicts, this.others, this.now);
    this.collision = { conflicts, free: null, shortened: null, ...remedies };
    if (!findRemedies) loadRemedies().then(() => this.look(), () => {});
  },

  /** Move the default window to a free slot, so that a new form has no collision. */
  async avoidConflicts() {
    if (!this.draft.startPreset || !findConflicts(this.draft, this.others).length) return;
    await loadRemedies();
    this.updateCollision(this.draft);
    const { free } = this.collision;
    if (free) this.draft = setWindow(this.draft, free.start, free.end);
  },

  // Remedies are applied without a check, because their slots are known to be free.

  moveToFree() {
    const { start, end } = this.collision.free;
    this.draft = setWindow(this.draft, start, end);
    this.check();
    this.focusStart();
  },

  shortenToFree() {
    this.draft = shortenTo(this.draft, this.collision.shortened);
    this.check();
    this.focusStart();
  },

  focusStart() {
    document.getElementById("spike-start")?.focus({ preventScroll: true });
  },

  // Getters

  get collisionText() {
    if (!this.collision) return "";
    const [first, ...more] = this.collision.conflicts;
    const rest = more.length ? ` and ${more.length} more` : "";
    return `Collides with “${first.name}”, ${formatWindowTimes(first)}${rest}.`;
  },

  get moveText() {
    return this.collision?.free
      ? `Move to ${formatOtherDay(this.collision.free.start, this.draft.start)}${formatWindowTimes(this.collision.free)}`
      : "";
  },

  get shortenText() {
    const end = this.collision?.shortened;
    return end ? `Shorten to ${formatWindowTimes({ start: this.draft.start, end })}` : "";
  },

  get firstConflict() {
    return this.collision?.conflicts[0] ?? { id: 0, name: "" };
  },
});

/** Format the day, if it differs from the previous one. */
function formatOtherDay(instant, before) {
  if (new Date(instant).toDateString() === new Date(before).toDateString()) return "";
  return `${new Date(instant).toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "short" })} `;
}
