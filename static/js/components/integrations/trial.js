// Trying a key: one real poll, with its status, time and body. A component gives `trialUrl` and `trialKey`.

import { requestSequence } from "../../lib/request-sequence.js";
import { pollOnce } from "../../lib/trial-poll.js";

export const keyTrial = () => ({
  trial: null,
  isPolling: false,
  startTrial: requestSequence(),

  // Actions

  async pollNow() {
    const isStale = this.startTrial();
    this.isPolling = true;
    const trial = await pollOnce(this.trialUrl, this.trialKey);
    if (isStale()) return;
    this.isPolling = false;
    this.trial = trial;
  },

  /** Forget the result: it was of another key or address. */
  forgetTrial() {
    this.startTrial();
    Object.assign(this, { trial: null, isPolling: false });
  },

  // Getters

  get trialTime() {
    return this.trial?.took ? `in ${this.trial.took} ms` : "";
  },
});
