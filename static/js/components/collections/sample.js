// What a poller would get now: the answer as it comes, with the spiked values marked.

import { look } from "../../lib/api.js";
import { newest } from "../../lib/newest.js";
import { linesOf, valuesOf } from "../../lib/json-lines.js";
import { serverNow } from "../../lib/server-clock.js";
import { clock, utc } from "../../lib/time.js";

const NONE = { status: "", headers: [], lines: [], at: "", utc: "", fault: "" };

export const collectionSample = () => ({
  sample: NONE,
  values: new Map(),
  sampling: false,
  samplings: newest(),

  // Actions

  /** Ask for a sample of the tab that is shown; a type without fields has none. */
  async takeSample() {
    const isLate = this.samplings();
    if (!this.ofTab.length) {
      Object.assign(this, { sample: NONE, values: new Map(), sampling: false });
      return;
    }
    this.sampling = true;
    try {
      const answer = await look(`/api/collections/${this.collection.id}/sample/${this.tab}`);
      if (!isLate()) this.showSample(answer);
    } catch (problem) {
      if (!isLate()) this.sample = { ...NONE, fault: problem.message };
    } finally {
      if (!isLate()) this.sampling = false;
    }
  },

  showSample({ status, words, headers, text }) {
    const spikeHeaders = ["X-Spike-Schedule", "X-Spike-Ends"].filter((name) => headers.has(name));
    const now = serverNow();
    this.values = status === 200 ? valuesOf(text) : new Map();
    this.sample = {
      status: `${status} ${words || (status === 200 ? "OK" : "")}`.trim(),
      headers: spikeHeaders.map((name) => `${name}: ${headers.get(name)}`),
      lines: linesOf(text, headers.has("X-Spike-Schedule") ? this.spikedNames : new Set()),
      at: clock(now),
      utc: utc(now),
      fault: "",
    };
  },

  indentOf(line) {
    return " ".repeat(line.indent);
  },

  /** Sample again, and see where counters and spikes stand by now. */
  async sampleAgain() {
    await this.refresh();
    await this.takeSample();
  },

  // Getters

  get spikedNames() {
    return new Set(this.ofTab.filter((field) => this.isSpiked(field)).map((field) => field.field_name));
  },
});
