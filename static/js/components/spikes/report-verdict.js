// What came of the expectations of a spike, on its page: the verdict, sentences, unexpected alerts, earlier runs.

import { get, send } from "../../lib/api.js";
import { withPrefix } from "../../lib/base.js";
import { copyText } from "../../lib/clipboard.js";
import { toast } from "../../lib/layout-events.js";
import { buildExpectationRows, buildUnexpectedRows, buildVerdict } from "../../lib/verdict-format.js";
import { formatMet, getResultBadge, hasExpectations } from "../../lib/verdict-format.js";
import { buildRunBars, formatDelays, formatRuns } from "../../lib/verdict-runs.js";
import { loadedOnDemand } from "./run-again.js";

const MAX_RUNS = 12;
const NO_VERDICT = { tone: "", label: "", value: "", note: "", parts: [], facts: [], isCounting: false };

export const spikeReportVerdict = () => ({
  runs: [],
  runsKey: "",
  expectedNext: [], // labels of unexpected alerts that the next run is to expect

  // Actions

  ignoreAlert: loadedOnDemand("ignoreAlert"),

  /** Load the runs of this spike, when the result has changed. */
  async loadRuns() {
    const { id, state, name, collection_id: collection } = this.record;
    const key = `${id} ${state}`;
    if (!this.hasVerdict || key === this.runsKey) return;
    this.runsKey = key;
    try {
      const query = { collection_id: collection, name, per_page: MAX_RUNS };
      this.runs = (await get("/api/rehearsals", query)).items;
    } catch {
      this.runsKey = ""; // the next refresh tries again
    }
  },

  isExpectedNext({ key }) {
    return this.expectedNext.some((each) => each.key === key);
  },

  toggleExpectedNext(row) {
    const others = this.expectedNext.filter(({ key }) => key !== row.key);
    this.expectedNext = this.isExpectedNext(row) ? others : [...others, row];
  },

  async copyMarkdown() {
    const answer = await send("GET", `/api/rehearsals/${this.record.id}/report.md`).catch(() => null);
    if (answer?.ok && (await copyText(await answer.text()))) toast("The report was copied as Markdown.");
    else this.error = "The report could not be copied.";
  },

  print() {
    window.print();
  },

  // Getters

  get hasVerdict() {
    return hasExpectations(this.record) && !this.isPlanned && !this.isCancelled;
  },

  get verdict() {
    return this.hasVerdict ? buildVerdict(this.record, this.now) : NO_VERDICT;
  },

  get resultBadge() {
    return this.hasVerdict ? getResultBadge(this.record) : { label: "", tone: "" };
  },

  get expectationRows() {
    return hasExpectations(this.record) ? buildExpectationRows(this.record) : [];
  },

  get expectationsText() {
    return this.hasVerdict ? formatMet(this.record) : "";
  },

  get unexpectedRows() {
    return this.record?.unexpected ? buildUnexpectedRows(this.record) : [];
  },

  get warnings() {
    return this.record?.warnings ?? [];
  },

  get receiverName() {
    return this.record?.receiver?.name ?? "";
  },

  get runBars() {
    return this.record ? buildRunBars(this.runs, this.record.id, this.now) : [];
  },

  get hasRuns() {
    return this.runBars.length > 1;
  },

  get runsTitle() {
    return this.record ? `Runs of “${this.record.name}” on ${this.record.collection_name}` : "";
  },

  get runsText() {
    return formatRuns(this.runs, this.now);
  },

  get delaysText() {
    return this.record ? formatDelays(this.runs, this.record.id) : "";
  },

  get junitPath() {
    return this.record ? withPrefix(`/api/rehearsals/${this.record.id}/junit`) : "";
  },
});
