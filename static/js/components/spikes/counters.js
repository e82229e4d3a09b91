// What the collection's counters do after the window: the choice, and what it means for each of them.

import { afterWords, countersOf } from "../../lib/counters-after.js";
import { CHOICES } from "../../lib/counters-after-choices.js";
import { isGiven } from "../../lib/override-rows.js";

export const spikeCounters = () => ({
  countersChoices: CHOICES,
  countersAfter: "",

  chooseCountersAfter(id) {
    this.countersAfter = id;
    this.touch("counters");
  },

  // Getters

  get counters() {
    return countersOf(this.collection?.fields ?? []);
  },

  get hasCounters() {
    return this.counters.length > 0;
  },

  get countersWords() {
    const given = this.rows.filter((row) => row.isCounter && isGiven(row, "start_number"));
    return afterWords(this.counters, this.countersAfter, new Set(given.map(({ id }) => id)));
  },
});
