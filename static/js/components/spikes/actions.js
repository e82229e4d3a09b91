// Actions on spikes of a list: end, extend, delete. The component has `reload()`.

import { remove } from "../../lib/api.js";
import { serverNow } from "../../lib/server-clock.js";
import { deleteSpike, endSpike, extendSpike, getUndoOfDeletion, getUndoOfEnd } from "../../lib/spike-changes.js";
import { getSpikeStatus } from "../../lib/spike-status.js";
import { formatTime } from "../../lib/time.js";
import { toast } from "../../lib/layout-events.js";
import { formatCount } from "../../lib/numbers.js";

export const spikeActions = () => ({
  busyId: 0,
  error: "",

  // Actions

  end(spike) {
    return this.change(spike, "ended", async () => {
      const { outcome, answer } = await endSpike(spike);
      const words = `“${spike.name}” ended. The next poll returns normal values.`;
      if (outcome === "saved") toast(words, getUndoOfEnd(spike, answer));
    });
  },

  /** Extend a spike; `extension` is one of `getExtensions()`. */
  extend(spike, extension) {
    return this.change(spike, "extended", async () => {
      const { outcome, answer } = await extendSpike(spike, extension);
      if (outcome === "saved") toast(`“${spike.name}” now ends at ${formatTime(answer.end_datetime)}.`);
    });
  },

  /** Delete spikes without a question: it can be undone. */
  async deleteSpikes(spikes) {
    this.error = "";
    const one = spikes.length === 1;
    const byKeyboard = document.activeElement.matches(":focus-visible");
    const deleted = [];
    try {
      for (const spike of spikes) {
        // Several spikes are deleted without a comparison: the user has selected them, and can undo it.
        const { outcome } = one ? await deleteSpike(spike) : await removed(spike);
        if (outcome === "saved") deleted.push(spike);
      }
    } catch (problem) {
      const rest = one ? "" : ` ${deleted.length} of ${spikes.length} were.`;
      this.error = `“${spikes[deleted.length].name}” was not deleted.${rest} ${problem.message}`;
    }
    if (deleted.length) toast(formatDeleted(deleted), getUndoOfDeletion(deleted));
    await this.changed();
    if (byKeyboard) requestAnimationFrame(focusUndoIfLost);
  },

  async change(spike, done, action) {
    if (this.busyId) return;
    this.busyId = spike.id;
    this.error = "";
    try {
      await action();
    } catch (problem) {
      this.error = `“${spike.name}” could not be ${done}. ${problem.message}`;
    }
    await this.changed();
    this.busyId = 0;
  },

  async changed() {
    this.saved = null;
    document.dispatchEvent(new Event("spikes-changed"));
    await this.reload();
  },

  dismissError() {
    this.error = "";
  },
});

/** Delete a spike; one that is already gone counts as deleted. */
async function removed(spike) {
  try {
    await remove(`/api/spike-schedules/${spike.id}`);
  } catch (problem) {
    if (problem.status !== 404) throw problem;
  }
  return { outcome: "saved" };
}

/** Focus the button of the toast if the focus was on what was deleted. */
function focusUndoIfLost() {
  if (document.activeElement === document.body) document.querySelector(".toast-undo")?.focus();
}

function formatDeleted(spikes) {
  const active = spikes.some((spike) => getSpikeStatus(spike, serverNow()) === "active");
  const what = spikes.length === 1 ? `“${spikes[0].name}”` : formatCount(spikes.length, "spike");
  return `${what} deleted.${active ? " The next poll returns normal values." : ""}`;
}
