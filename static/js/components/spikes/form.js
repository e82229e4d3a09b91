// The form of a spike: its state and its checks. Its mixins are in this folder.

import { debounce } from "../../lib/debounce.js";
import { mix } from "../../lib/mix.js";
import { buildSpikeFields, validateRow } from "../../lib/override-rows.js";
import { formatProblems, listProblems } from "../../lib/spike-form-errors.js";
import { resolveWindow, toWindowBody, validateWindow } from "../../lib/spike-window.js";
import { getProps } from "../../lib/page-data.js";
import { clockTick } from "../../lib/clock-tick.js";
import { formatWindowState } from "../../lib/durations.js";
import { formatWindow } from "../../lib/time.js";
import { STATUS_LABELS, getSpikeStatus } from "../../lib/spike-status.js";
import { spikeCollision } from "./collision.js";
import { spikeCounters } from "./counters.js";
import { spikeLoading } from "./loading.js";
import { spikeOverrides } from "./overrides.js";
import { spikePreview } from "./preview.js";
import { spikeSaving } from "./saving.js";
import { spikeStrip } from "./strip.js";
import { spikeWindow } from "./window.js";

const CHECK_DEBOUNCE_MS = 300;
const PARTS = [
  clockTick,
  spikeLoading,
  spikeWindow,
  spikeCollision,
  spikeStrip,
  spikeOverrides,
  spikeCounters,
  spikePreview,
  spikeSaving,
];

/** Create the form; `choosing` are the mixins that choose the collection, if the page has none. */
export const spikeForm = (choosing) => () =>
  mix(...[...choosing, ...PARTS].map((part) => part()), {
    name: "",
    errors: {},
    serverErrors: {},
    isSubmitted: false,
    isNameTouched: false,
    before: "",
    isReadOnly: false,
    expected: null,
    getExpectErrors: () => ({}), // until the section is opened

    // Lifecycle

    init() {
      Object.assign(this.props, getProps(this.$el));
      this.startClock();
      this.$watch("now", () => this.tick());
      this.beforeUnload = (event) => {
        if (this.isDirty && !this.leaving) event.preventDefault();
      };
      window.addEventListener("beforeunload", this.beforeUnload);
      this.load();
    },

    destroy() {
      this.stopClock();
      this.stopWatchingStrip?.();
      this.stopDrawing();
      this.checkSoon.cancel();
      window.removeEventListener("beforeunload", this.beforeUnload);
    },

    /** Save with Ctrl+Enter from anywhere on the page, unless a dialog is open. */
    saveByKeys(event) {
      if (!this.isReady || this.isReadOnly || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      this.save();
    },

    // Checking

    tick() {
      if (!this.isReady) return;
      this.updateReadOnly();
      if (this.isReadOnly) return;
      if (this.slideWindow()) this.check();
      else if (this.now % 15_000 < 1000) this.look();
    },

    /**
     * Update whether the form is read-only. A spike that ends while it is edited stays editable, so that no input
     * is lost.
     */
    updateReadOnly() {
      this.isReadOnly = this.status === "expired" && this.snapshot === this.before;
    },

    checkSoon: debounce(function check() {
      this.check();
    }, CHECK_DEBOUNCE_MS),

    check() {
      this.checkSoon.cancel();
      this.look();
      this.previewSoon();
    },

    /** Find errors and conflicts. */
    look() {
      if (this.isReadOnly) return this.drawStrip();
      const errors = { ...this.serverErrors, ...this.getExpectErrors(), ...validateWindow(this.draft, this.now) };
      if (!this.name.trim() && (this.isSubmitted || this.isNameTouched)) errors.name = "Give the spike a name.";
      if (!this.collection && this.isSubmitted) errors.collection = "Choose a collection.";
      if (!this.hasFields && this.isSubmitted) errors.collection = "This collection has no fields yet. Add one first.";
      if (this.durationError) errors.length = this.durationError;
      for (const row of this.rows) {
        for (const [setting, words] of Object.entries(validateRow(row))) errors[`${row.id}.${setting}`] = words;
      }
      this.errors = errors;
      const hasWindow = !errors.start && !errors.end && this.collection;
      this.updateCollision(hasWindow ? resolveWindow(this.draft, this.now) : null);
      return this.drawStrip();
    },

    /** Clear the errors of inputs that were edited. */
    touch(...keys) {
      for (const key of keys) {
        delete this.serverErrors[key];
        delete this.errors[key];
      }
      this.error = "";
      this.checkSoon();
    },

    getError(key) {
      return this.errors[key] ?? "";
    },

    leaveName() {
      this.isNameTouched = this.isNameTouched || this.name !== "";
      this.checkSoon();
    },

    // Getters

    get windowNow() {
      const { start, end } = resolveWindow(this.draft, this.now);
      return toWindowBody({ ...this.draft, startPreset: "", start, end }, this.exact);
    },

    /** Return what makes the form dirty; a start that follows the clock does not. */
    get snapshot() {
      const { startPreset, start, end, length } = this.draft;
      const window_ = [startPreset || start, length ?? end];
      const overrides = JSON.stringify(buildSpikeFields(this.rows));
      const { name, countersAfter, expected } = this;
      return JSON.stringify({ name, window_, collection: this.collection?.id, overrides, countersAfter, expected });
    },

    get isDirty() {
      return this.isReady && !this.isReadOnly && this.snapshot !== this.before;
    },

    get status() {
      if (!this.spike) return "";
      return getSpikeStatus(this.spike, this.now);
    },

    get badge() {
      return STATUS_LABELS[this.status] ?? "";
    },

    get mayEnd() {
      return this.status === "active";
    },

    get stateText() {
      const { start_datetime: start, end_datetime: end } = this.spike ?? {};
      return this.spike ? `${formatWindow(start, end, this.now)}, ${formatWindowState(start, end, this.now)}` : "";
    },

    get hasFields() {
      return !this.collection || this.collection.fields.length > 0;
    },

    get problems() {
      return listProblems({ errors: this.errors, collides: Boolean(this.collision), rows: this.rows });
    },

    get problemsText() {
      return formatProblems(this.problems);
    },

    get saveKey() {
      return /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘" : "Ctrl";
    },

    get verb() {
      if (this.busy) return "Saving…";
      return this.spike ? "Save" : "Create spike";
    },
  });
