// Actions on spikes of a list: end, extend, delete. The component has `reload()`.

import { post, remove } from "../../lib/api.js";
import { serverNow } from "../../lib/server-clock.js";
import { deleteSpike, endSpike, extendSpike } from "../../lib/spike-changes.js";
import { getSpikeStatus } from "../../lib/spike-status.js";
import { formatTime } from "../../lib/time.js";
import { confirm, toast } from "../../lib/layout-events.js";
import { formatCount } from "../../lib/numbers.js";

const MAX_NAMES = 5;

export const spikeActions = () => ({
  busyId: 0,
  error: "",

  // Actions

  end(spike) {
    return this.change(spike, "ended", async () => {
      const { outcome } = await endSpike(spike);
      if (outcome === "saved") toast(`“${spike.name}” ended. The next poll returns normal values.`);
    });
  },

  /** Extend a spike; `extension` is one of `getExtensions()`. */
  extend(spike, extension) {
    return this.change(spike, "extended", async () => {
      const { outcome, answer } = await extendSpike(spike, extension);
      if (outcome === "saved") toast(`“${spike.name}” now ends at ${formatTime(answer.end_datetime)}.`);
    });
  },

  async deleteSpikes(spikes) {
    const one = spikes.length === 1;
    const title = one ? `Delete “${spikes[0].name}”?` : `Delete ${spikes.length} spikes?`;
    const verb = one ? "Delete spike" : "Delete spikes";
    if (!(await confirm({ title, ...consequences(spikes, this.now), verb }))) return;
    this.error = "";
    const deleted = [];
    try {
      for (const spike of spikes) {
        // Several spikes are deleted without a comparison: the user has selected and confirmed them.
        const { outcome } = one ? await deleteSpike(spike) : await removed(spike);
        if (outcome === "saved") deleted.push(spike);
      }
    } catch (problem) {
      const rest = one ? "" : ` ${deleted.length} of ${spikes.length} were.`;
      this.error = `“${spikes[deleted.length].name}” was not deleted.${rest} ${problem.message}`;
    }
    if (deleted.length) this.offerBack(deleted);
    await this.changed();
  },

  /** Offer to undo the deletion; spikes that have ended cannot be restored. */
  offerBack(deleted) {
    const back = deleted.filter((spike) => getSpikeStatus(spike, serverNow()) !== "expired");
    const what = deleted.length === 1 ? `“${deleted[0].name}”` : formatCount(deleted.length, "spike");
    toast(`${what} deleted.`, back.length ? () => this.bringBack(back) : null);
  },

  async bringBack(spikes) {
    this.error = "";
    for (const spike of spikes) {
      try {
        await post(`/api/spike-schedules/${spike.id}/restore`);
      } catch (problem) {
        this.error = `“${spike.name}” could not be restored. ${problem.message}`;
      }
    }
    await this.changed();
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

function consequences(spikes, now) {
  const active = spikes.filter((spike) => getSpikeStatus(spike, now) === "active").length;
  const names = spikes.slice(0, MAX_NAMES).map(({ name }) => `“${name}”`);
  const others = spikes.length - names.length;
  const all = names.join(", ") + (others ? ` and ${others} more` : "");
  const overrides = (copies) => formatCount(copies.length, "override");
  const text =
    spikes.length === 1
      ? `This removes its window on “${spikes[0].collection_name}” and ${overrides(spikes[0].spike_fields)}.`
      : `This removes ${all}, and ${overrides(spikes.flatMap((spike) => spike.spike_fields))}.`;
  if (!active) return { text };
  const which = spikes.length === 1 ? "It is" : `${active} of them ${active === 1 ? "is" : "are"}`;
  return { text, more: `${which} active. The next poll returns normal values.` };
}
