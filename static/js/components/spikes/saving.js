// Leaving the spike form. The module that saves, ends or deletes the spike is loaded on demand.

import { at } from "../../lib/base.js";
import { getReturnPath } from "../../lib/return-path.js";
import { confirm } from "../layout/confirmation.js";
import { toastOnNextPage } from "../layout/toasts.js";

const LOST = { title: "Discard your changes?", text: "Your changes will be lost.", verb: "Discard" };
const UNREACHABLE = "The server is not responding. Try again in a moment.";

/** Return an action of ending.js that loads the module on demand. */
const loadedOnDemand = (name) =>
  async function act() {
    const ending = await import("./ending.js").catch(() => null);
    if (ending) return ending[name](this);
    this.error = UNREACHABLE;
    return undefined;
  };

export const spikeSaving = () => ({
  error: "",
  busy: false,
  leaving: false,

  // Actions

  save: loadedOnDemand("save"),
  endNow: loadedOnDemand("endNow"),
  deleteSpike: loadedOnDemand("deleteSpike"),
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

  async cancel() {
    if (this.isDirty && !(await confirm(LOST))) return;
    this.leaving = true;
    window.location.assign(at(getReturnPath() || this.given.back));
  },

  leaveFor(path, words, href = "") {
    this.leaving = true;
    toastOnNextPage(words, href);
    window.location.assign(at(path));
  },

  overridesChanged(sent) {
    return !this.spike || JSON.stringify(sent) !== JSON.parse(this.before).overrides;
  },
});
