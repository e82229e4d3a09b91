// What somebody new does first; each step is ticked off once it is done, and none comes back.

import { get } from "../../lib/api.js";
import { stepsOf } from "../../lib/first-steps.js";
import { newest } from "../../lib/newest.js";
import { user } from "../../lib/start.js";

const DONE = "done";

export const firstSteps = () => ({
  steps: [],
  stepsAsked: newest(),
  collectionsTotal: 0,
  areStepsHidden: false,

  // Actions

  async loadSteps() {
    const isLate = this.stepsAsked();
    const key = `first-steps-${user().id}`;
    const isOver = localStorage.getItem(key) === DONE || !user().mayWrite;
    const collections = await get("/api/collections", { per_page: isOver ? 1 : 200, sort: "name" });
    if (isLate()) return;
    this.collectionsTotal = collections.total;
    this.areStepsHidden = isOver;
    if (isOver) return;
    const [keys, polls, spikes] = await Promise.all([
      get("/api/api-keys", { per_page: 1 }),
      get("/api/polls", { per_page: 1 }),
      get("/api/spike-schedules/counts"),
    ]);
    if (isLate()) return;
    const numbers = { keys: keys.total, polls: polls.total, spikes: spikes.all };
    this.steps = stepsOf({ collections: collections.items, ...numbers });
    // Expired spikes go with the next poll: what was done once stays done.
    if (this.steps.every((step) => step.isDone)) localStorage.setItem(key, DONE);
  },

  hideSteps() {
    localStorage.setItem(`first-steps-${user().id}`, DONE);
    this.areStepsHidden = true;
  },

  // Getters

  get showsSteps() {
    return !this.areStepsHidden && this.steps.some((step) => !step.isDone);
  },

  get stepsWords() {
    return `${this.steps.filter((step) => step.isDone).length} of ${this.steps.length} done`;
  },
});
