// The first steps of a new user; a step that is done stays done. The closing step says what to do next.

import { get } from "../../lib/api.js";
import { PHASES, buildSteps, getNextPhase } from "../../lib/first-steps.js";
import { requestSequence } from "../../lib/request-sequence.js";
import { getUser } from "../../lib/page-data.js";

const getKey = () => `first-steps-${getUser().id}`;

export const firstSteps = () => ({
  steps: [],
  startStepsRequest: requestSequence(),
  collectionsTotal: 0,
  phase: "",

  // Actions

  async loadSteps() {
    const isStale = this.startStepsRequest();
    const phase = getUser().mayWrite ? (localStorage.getItem(getKey()) ?? "") : PHASES.done;
    const isOver = phase === PHASES.done || phase === PHASES.closing;
    const collections = await get("/api/collections", { per_page: isOver ? 1 : 200, sort: "name" });
    if (isStale()) return;
    this.collectionsTotal = collections.total;
    if (isOver) {
      this.phase = phase;
      return;
    }
    const [keys, polls, spikes] = await Promise.all([
      get("/api/api-keys", { per_page: 1 }),
      get("/api/polls", { per_page: 1 }),
      get("/api/spike-schedules/counts"),
    ]);
    if (isStale()) return;
    const numbers = { keys: keys.total, polls: polls.total, spikes: spikes.all };
    this.steps = buildSteps({ collections: collections.items, ...numbers });
    this.setPhase(getNextPhase(phase, this.steps));
  },

  setPhase(phase) {
    this.phase = phase;
    localStorage.setItem(getKey(), phase);
  },

  hideSteps() {
    this.setPhase(PHASES.done);
  },

  // Getters

  get showsSteps() {
    return this.phase === PHASES.begun || this.isClosing;
  },

  get isClosing() {
    return this.phase === PHASES.closing;
  },

  get stepsText() {
    if (this.isClosing) return "All done";
    return `${this.steps.filter((step) => step.isDone).length} of ${this.steps.length} done`;
  },
});
