// The first steps of a new user; a step that is done stays done.

import { get } from "../../lib/api.js";
import { buildSteps } from "../../lib/first-steps.js";
import { requestSequence } from "../../lib/request-sequence.js";
import { getUser } from "../../lib/page-data.js";

const DONE = "done";

export const firstSteps = () => ({
  steps: [],
  startStepsRequest: requestSequence(),
  collectionsTotal: 0,
  areStepsHidden: false,

  // Actions

  async loadSteps() {
    const isStale = this.startStepsRequest();
    const key = `first-steps-${getUser().id}`;
    const isOver = localStorage.getItem(key) === DONE || !getUser().mayWrite;
    const collections = await get("/api/collections", { per_page: isOver ? 1 : 200, sort: "name" });
    if (isStale()) return;
    this.collectionsTotal = collections.total;
    this.areStepsHidden = isOver;
    if (isOver) return;
    const [keys, polls, spikes] = await Promise.all([
      get("/api/api-keys", { per_page: 1 }),
      get("/api/polls", { per_page: 1 }),
      get("/api/spike-schedules/counts"),
    ]);
    if (isStale()) return;
    const numbers = { keys: keys.total, polls: polls.total, spikes: spikes.all };
    this.steps = buildSteps({ collections: collections.items, ...numbers });
    // Expired spikes are deleted by the next poll, but the step stays done.
    if (this.steps.every((step) => step.isDone)) localStorage.setItem(key, DONE);
  },

  hideSteps() {
    localStorage.setItem(`first-steps-${getUser().id}`, DONE);
    this.areStepsHidden = true;
  },

  // Getters

  get showsSteps() {
    return !this.areStepsHidden && this.steps.some((step) => !step.isDone);
  },

  get stepsText() {
    return `${this.steps.filter((step) => step.isDone).length} of ${this.steps.length} done`;
  },
});
