// The preview of the draft: what polls would return before, during and after the window.

import { post } from "../../lib/api.js";
import { buildSpikeFields } from "../../lib/override-rows.js";
import { buildChart, draw, findNearestPoint, highlightPoint } from "../../lib/preview-chart.js";
import {
  describeChart,
  formatPhase,
  formatPollCount,
  pickField,
  sortOverriddenFirst,
} from "../../lib/preview-format.js";
import { formatCount } from "../../lib/numbers.js";

const INTERVALS = [
  { seconds: 10, label: "Poll every 10 s" },
  { seconds: 30, label: "Poll every 30 s" },
  { seconds: 60, label: "Poll every 60 s" },
  { seconds: 300, label: "Poll every 5 min" },
];
const MAX_LINES = 8;

// Not an x-ref: it is resolved from the clicked element, and a row that moves up is a new element.
const chartElement = () => document.getElementById("spike-chart");

// The chart is not part of Alpine's state, which would observe every point.
export const spikePreview = () => {
  let chart = null;
  let resized = null;
  let requestId = 0;
  let requestKey = "";

  return {
    intervals: INTERVALS,
    interval: 60,
    preview: null,
    picked: 0,
    previewError: "",
    previewing: false,
    showsAllMeans: false,
    pointedAt: -1,
    pointText: "",
    normalText: "",

    // Lifecycle

    /** Draw again when the width changes; it is 0 at first. */
    watchChart() {
      if (resized) return;
      resized = new ResizeObserver(() => {
        if (getAvailableWidth(chartElement()) !== chart?.width) this.draw();
      });
      resized.observe(chartElement());
    },

    stopDrawing() {
      resized?.disconnect();
    },

    // Actions

    /** Request a preview if something that it shows has changed. */
    previewSoon() {
      const key = JSON.stringify([this.interval, this.snapshot]);
      if (key === requestKey && this.preview && !this.previewError) return;
      requestKey = key;
      this.askPreview();
    },

    async askPreview() {
      const mine = ++requestId;
      this.previewError = this.missingText;
      if (this.previewError) return;
      this.previewing = true;
      const sent = buildSpikeFields(this.rows);
      try {
        const found = await post("/api/spike-schedules/preview", this.previewBody(sent));
        if (mine !== requestId) return; // a later request was sent
        this.preview = found;
        this.previewError = "";
        if (found.conflicts.some(({ id }) => !this.others.some((other) => other.id === id))) {
          this.mergeConflicts(found.conflicts);
          this.look();
        }
        this.$nextTick(() => this.draw());
      } catch (problem) {
        if (mine === requestId) await this.refusePreview(problem, sent);
      } finally {
        if (mine === requestId) this.previewing = false;
      }
    },

    previewBody(sent) {
      const counters_after = this.countersAfter || null;
      const body = { collection_id: this.collection.id, interval: this.interval, counters_after };
      Object.assign(body, this.windowNow);
      if (this.spike) body.schedule_id = this.spike.id;
      // Unchanged overrides are not sent, as on saving.
      return this.overridesChanged(sent) ? { ...body, spike_fields: sent } : body;
    },

    /** Show why there is no preview; errors of inputs are shown there, because saving would fail too. */
    async refusePreview(problem, sent) {
      this.previewError = problem.message;
      if (!Object.keys(problem.errors ?? {}).length) return;
      const { mapServerErrors } = await import("../../lib/spike-server-errors.js");
      const { errors } = mapServerErrors(problem.errors, sent, (id) => this.rowById(id)?.name);
      Object.assign(this.serverErrors, errors);
      this.look();
      this.previewError = this.missingText || problem.message;
    },

    chooseInterval(text) {
      this.interval = Number(text);
      this.previewSoon();
    },

    pickLine(id) {
      this.picked = id;
      this.draw();
    },

    /** Show the first overridden field, unless another was picked. */
    pickIfNone(id) {
      if (!this.picked) this.picked = id;
    },

    draw() {
      const element = chartElement();
      const width = getAvailableWidth(element);
      if (!this.shown || this.previewError || !width) return;
      chart = buildChart(this.preview, this.shown, width);
      draw(element, chart);
      this.normalText = chart.normal?.aside ?? "";
      this.selectPoint(-1);
    },

    /** Show the value of one poll; -1 for none. */
    selectPoint(index) {
      const point = chart?.points[index];
      this.pointedAt = point ? index : -1;
      this.pointText = point?.words ?? "";
      highlightPoint(chartElement(), point);
    },

    selectPointUnder(event) {
      const drawing = chartElement().firstElementChild;
      if (drawing) this.selectPoint(findNearestPoint(chart, event.clientX - drawing.getBoundingClientRect().left));
    },

    /** Move to another poll; at first to the first one of the window. */
    movePoint(step) {
      if (!chart) return;
      const last = chart.points.length - 1;
      const next = this.pointedAt < 0 ? chart.firstInWindow : this.pointedAt + step;
      this.selectPoint(Math.min(last, Math.max(0, next)));
    },

    showAllMeans() {
      this.showsAllMeans = true;
    },

    // What the panel shows

    formatPhase(line, phase) {
      return formatPhase(line, phase, this.preview.phases);
    },

    isShown(line) {
      return line === this.shown || line.original_field_id === this.shown?.original_field_id;
    },

    // Getters

    get shown() {
      return this.preview ? pickField(this.preview.fields, this.picked) : null;
    },

    get lines() {
      const fields = sortOverriddenFirst(this.preview?.fields ?? []);
      return this.showsAllMeans ? fields : fields.slice(0, MAX_LINES);
    },

    get hasMoreLines() {
      return !this.showsAllMeans && (this.preview?.fields.length ?? 0) > MAX_LINES;
    },

    get moreLines() {
      return `All ${formatCount(this.preview?.fields.length ?? 0, "field")}`;
    },

    get hasPreview() {
      return Boolean(this.preview && this.shown && !this.previewError);
    },

    get chartLabel() {
      return this.shown ? `Polls of ${describeChart(this.shown, this.preview.phases)} The table below has the numbers.` : "";
    },

    get lastPoint() {
      return Math.max(0, (this.preview?.times.length ?? 0) - 1);
    },

    get pollsText() {
      return this.preview ? formatPollCount(this.preview, this.interval) : "";
    },

    /** Return what the draft lacks for a preview, or "". */
    get missingText() {
      if (!this.collection) return "Choose a collection to see a preview.";
      if (!this.collection.fields.length)
        return `“${this.collection.name}” has no fields yet.`;
      if (!this.rows.length) return "None of its fields can be overridden.";
      if (!this.hasWindow) return "Set a start and a later end to see a preview.";
      const row = this.rows.find(({ id }) =>
        Object.keys(this.errors).some((key) => key.startsWith(`${id}.`)),
      );
      return row ? `Fix ${row.name} to see a preview.` : "";
    },
  };
};

/** Return the width available for a chart, without padding. */
function getAvailableWidth(element) {
  if (!element) return 0;
  const { paddingLeft, paddingRight } = getComputedStyle(element);
  return Math.max(0, element.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight));
}
