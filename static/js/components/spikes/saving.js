// Leaving the spike form. The module that saves, ends or deletes the spike, or cancels, is loaded on demand.

import { UNREACHABLE } from "../../lib/api.js";

/** Return an action of ending.js that loads the module on demand. */
const loadedOnDemand = (name) =>
  async function act(value) {
    const ending = await import("./ending.js").catch(() => null);
    if (ending) return ending[name](this, value);
    this.error = UNREACHABLE;
    return undefined;
  };

export const spikeSaving = () => ({
  error: "",
  busy: false,
  leaving: false,

  // Actions

  save: loadedOnDemand("save"),
  cancel: loadedOnDemand("cancel"),
  endNow: loadedOnDemand("endNow"),
  deleteSpike: loadedOnDemand("deleteSpike"),
  openExpect: loadedOnDemand("openExpect"),
  focusFirstProblem: loadedOnDemand("focusFirstProblem"),

  async withBusy(action) {
    this.busy = true;
    this.error = "";
    try {
      await action();
    } catch (problem) {
      this.error = problem.message;
    } finally {
      this.busy = this.leaving;
    }
  },

  overridesChanged(sent) {
    return !this.spike || JSON.stringify(sent) !== JSON.parse(this.before).overrides;
  },
});
