// Running a spike again, from its page or from the list. The actions are loaded on demand.

import { UNREACHABLE } from "../../lib/api.js";

/** Return an action of record-actions.js that loads the module on demand. */
export const loadedOnDemand = (name) =>
  async function act(...values) {
    const actions = await import("./record-actions.js").catch(() => null);
    if (actions) return actions[name](this, ...values);
    this.error = UNREACHABLE;
    return undefined;
  };

export const runningAgain = () => ({
  collision: null, // what is in the way: `{record, text, free, verb}`

  runAgain: loadedOnDemand("runAgain"),

  /** Run it in the next free window. */
  runLater() {
    return this.runAgain(this.collision.record, this.collision.free);
  },

  dismissCollision() {
    this.collision = null;
  },
});
