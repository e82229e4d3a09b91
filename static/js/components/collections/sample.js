// The live sample: what a poll would return now, with spiked values highlighted.

import { getRaw } from "../../lib/api.js";
import { requestSequence } from "../../lib/request-sequence.js";
import { parseLines, parseValues } from "../../lib/json-lines.js";
import { serverNow } from "../../lib/server-clock.js";
import { formatTime, formatUtc } from "../../lib/time.js";

const NONE = { status: "", headers: [], lines: [], at: "", utc: "", error: "" };

export const collectionSample = () => ({
  sample: NONE,
  values: new Map(),
  sampling: false,
  startSampleRequest: requestSequence(),

  // Actions

  /** Load a sample of the visible tab; a type without fields has none. */
  async takeSample() {
    const isStale = this.startSampleRequest();
    if (!this.tabFields.length) {
      Object.assign(this, { sample: NONE, values: new Map(), sampling: false });
      return;
    }
    this.sampling = true;
    try {
      const answer = await getRaw(`/api/collections/${this.collection.id}/sample/${this.tab}`);
      if (!isStale()) this.showSample(answer);
    } catch (problem) {
      if (!isStale()) this.sample = { ...NONE, error: problem.message };
    } finally {
      if (!isStale()) this.sampling = false;
    }
  },

  showSample({ status, words, headers, text }) {
    const spikeHeaders = ["X-Spike-Schedule", "X-Spike-Ends"].filter((name) => headers.has(name));
    const now = serverNow();
    this.values = status === 200 ? parseValues(text) : new Map();
    this.sample = {
      status: `${status} ${words || (status === 200 ? "OK" : "")}`.trim(),
      headers: spikeHeaders.map((name) => `${name}: ${headers.get(name)}`),
      lines: parseLines(text, headers.has("X-Spike-Schedule") ? this.spikedNames : new Set()),
      at: formatTime(now),
      utc: formatUtc(now),
      error: "",
    };
  },

  formatIndent(line) {
    return " ".repeat(line.indent);
  },

  /** Load another sample, and the current state of counters and spikes. */
  async refreshSample() {
    await this.refresh();
    await this.takeSample();
  },

  // Getters

  get spikedNames() {
    return new Set(this.tabFields.filter((field) => this.isSpiked(field)).map((field) => field.field_name));
  },
});
