// Deleting a spike or its record, and running it again, from its page. What is rarely used is loaded on demand.

import { UNREACHABLE } from "../../lib/api.js";

/** Return an action of report-actions.js that loads the module on demand. */
const loadedOnDemand = (name) =>
  async function act(...values) {
    const actions = await import("./report-actions.js").catch(() => null);
    if (actions) return actions[name](this, ...values);
    this.error = UNREACHABLE;
    return undefined;
  };

export const spikeReportEnding = () => ({
  collision: null, // what is in the way of running it again: `{text, free}`
  busy: false,

  runAgain: loadedOnDemand("runAgain"),
  deleteRecord: loadedOnDemand("deleteRecord"),

  dismissCollision() {
    this.collision = null;
  },

  /** Delete the spike, or its record once it is over. */
  deleteThis() {
    return this.isOver ? this.deleteRecord() : this.deleteSpikes([this.spike]);
  },
});
