// The choice of what the collection's counters do after the spike, and what it means for each.

import { formatCountersAfter, getCounters } from "../../lib/counters-after.js";
import { CHOICES } from "../../lib/counters-after-choices.js";
import { isSettingOverridden } from "../../lib/override-rows.js";

export const spikeCounters = () => ({
  countersChoices: CHOICES,
  countersAfter: "",

  chooseCountersAfter(id) {
    this.countersAfter = id;
    this.touch("counters");
  },

  // Getters

  get counters() {
    return getCounters(this.collection?.fields ?? []);
  },

  get hasCounters() {
    return this.counters.length > 0;
  },

  get countersText() {
    const withStart = this.rows.filter((row) => row.isCounter && isSettingOverridden(row, "start_number"));
    return formatCountersAfter(this.counters, this.countersAfter, new Set(withStart.map(({ id }) => id)));
  },
});
