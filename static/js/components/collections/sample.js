// The live sample: what a poll would return now, in any format, with spiked values highlighted.

import { getRaw } from "../../lib/raw-response.js";
import { requestSequence } from "../../lib/request-sequence.js";
import { parseLines, parseValues } from "../../lib/json-lines.js";
import { SAMPLE_FORMATS, splitLines } from "../../lib/sample-formats.js";
import { serverNow } from "../../lib/server-clock.js";
import { formatTime, formatUtc } from "../../lib/time.js";

const NONE = { status: "", contentType: "", headers: [], text: "", isJson: true, spiked: [], at: "", utc: "", error: "" };

export const collectionSample = () => ({
  formats: SAMPLE_FORMATS,
  format: SAMPLE_FORMATS[0].id,
  sample: NONE,
  values: new Map(),
  sampling: false,
  startSampleRequest: requestSequence(),

  // Actions

  /** Follow the format in the page's URL. */
  readFormat() {
    const named = new URLSearchParams(window.location.search).get("format");
    this.format = SAMPLE_FORMATS.find(({ id }) => id === named)?.id ?? SAMPLE_FORMATS[0].id;
  },

  chooseFormat(id) {
    this.format = id;
    const { pathname, hash } = window.location;
    const query = this.isJson ? "" : `?format=${id}`;
    window.history.replaceState(null, "", pathname + query + hash);
    return this.takeSample();
  },

  /** Load a sample of the visible tab; a type without fields has none. */
  async takeSample() {
    const isStale = this.startSampleRequest();
    if (!this.tabFields.length) {
      Object.assign(this, { sample: NONE, values: new Map(), sampling: false });
      return;
    }
    this.sampling = true;
    try {
      const [answer, json] = await this.requestSample();
      if (!isStale()) this.showSample(answer, json);
    } catch (problem) {
      if (!isStale()) this.sample = { ...NONE, error: problem.message };
    } finally {
      if (!isStale()) this.sampling = false;
    }
  },

  /** Request the sample in the chosen format, and in JSON for the values in the table. */
  async requestSample() {
    const path = `/api/collections/${this.collection.id}/sample/${this.tab}`;
    const json = getRaw(path);
    return Promise.all([this.isJson ? json : getRaw(`${path}?format=${this.format}`), json]);
  },

  showSample({ status, words, headers, text }, json) {
    const spikeHeaders = ["X-Spike-Schedule", "X-Spike-Ends"].filter((name) => headers.has(name));
    const now = serverNow();
    const isOk = status === 200;
    this.values = json.status === 200 ? parseValues(json.text) : new Map();
    this.sample = {
      status: `${status} ${words || (isOk ? "OK" : "")}`.trim(),
      contentType: this.isJson ? "" : `Content-Type: ${headers.get("Content-Type")}`,
      headers: spikeHeaders.map((name) => `${name}: ${headers.get(name)}`),
      text,
      isJson: this.isJson || !isOk,
      spiked: headers.has("X-Spike-Schedule") ? this.spikedFields : [],
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

  get isJson() {
    return this.format === SAMPLE_FORMATS[0].id;
  },

  get spikedFields() {
    return this.tabFields.filter((field) => this.isSpiked(field));
  },

  /** The lines of the sample. The names of series may be loaded after it. */
  get sampleLines() {
    const { text, isJson, spiked } = this.sample;
    if (isJson) return parseLines(text, new Set(spiked.map((field) => field.field_name)));
    return splitLines(text, spiked.map((field) => this.getSeriesName(field)).filter(Boolean));
  },
});
