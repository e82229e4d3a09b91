// Creating and editing a spike: what the form shows and checks. Its parts are in the files named spike-….

import { mix } from "../../lib/mix.js";
import { entriesOf, rowFaults } from "../../lib/override-rows.js";
import { remaining, remainingWords } from "../../lib/spike-form-errors.js";
import { bodyOfWindow, collisionOf, windowAt, windowFaults } from "../../lib/spike-window.js";
import { props, user } from "../../lib/start.js";
import { ticking } from "../../lib/clock-tick.js";
import { standing, status, windowWords } from "../../lib/time.js";
import { spikeCounters } from "./counters.js";
import { spikeLoading } from "./loading.js";
import { spikeOverrides } from "./overrides.js";
import { spikePreview } from "./preview.js";
import { spikeSaving } from "./saving.js";
import { spikeStrip } from "./strip.js";
import { spikeWindow } from "./window.js";

const PATIENCE = 300;
const PARTS = [
  ticking,
  spikeLoading,
  spikeWindow,
  spikeStrip,
  spikeOverrides,
  spikeCounters,
  spikePreview,
  spikeSaving,
];

/** The form; `choice` is how the collection is chosen, where it is not given. */
export const spikeForm = (choice) => () =>
  mix(...[choice, ...PARTS].map((part) => part()), {
    name: "",
    faults: {},
    refused: {},
    tried: false,
    nameLeft: false,
    before: "",
    collision: null,
    isReadOnly: false,

    // Lifecycle

    init() {
      Object.assign(this.given, props(this.$el));
      this.startTicking();
      this.$watch("now", () => this.tick());
      this.beforeUnload = (event) => {
        if (this.isDirty && !this.leaving) event.preventDefault();
      };
      window.addEventListener("beforeunload", this.beforeUnload);
      this.load();
    },

    destroy() {
      this.stopTicking();
      this.stopWatchingStrip?.();
      this.stopDrawing();
      clearTimeout(this.checking);
      window.removeEventListener("beforeunload", this.beforeUnload);
    },

    /** Ctrl+Enter saves wherever one is on the page, unless a dialog asks something. */
    saveByKeys(event) {
      if (!this.isReady || this.isReadOnly || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      this.save();
    },

    // Checking

    tick() {
      if (!this.isReady) return;
      this.settle();
      if (this.isReadOnly) return;
      if (this.slideWindow()) this.check();
      else if (this.now % 15_000 < 1000) this.look();
    },

    /** One that ends while it is being changed stays open: nothing typed is lost. */
    settle() {
      this.isReadOnly = !user().mayWrite || (this.status === "expired" && this.snapshot === this.before);
    },

    changed() {
      clearTimeout(this.checking);
      this.checking = setTimeout(() => this.check(), PATIENCE);
    },

    check() {
      clearTimeout(this.checking);
      this.look();
      this.previewSoon();
    },

    /** Find what is wrong and what is in the way. */
    look() {
      if (this.isReadOnly) return this.drawStrip();
      const faults = { ...this.refused, ...windowFaults(this.draft, this.now) };
      if (!this.name.trim() && (this.tried || this.nameLeft)) faults.name = "Give the spike a name.";
      if (!this.collection && this.tried) faults.collection = "Choose the collection that is to spike.";
      if (!this.hasFields && this.tried) faults.collection = "It has no fields yet: add one first.";
      if (this.lengthFault) faults.length = this.lengthFault;
      for (const row of this.rows) {
        for (const [setting, words] of Object.entries(rowFaults(row))) faults[`${row.id}.${setting}`] = words;
      }
      this.faults = faults;
      const hasWindow = !faults.start && !faults.end && this.collection;
      this.collision = hasWindow ? collisionOf(windowAt(this.draft, this.now), this.others, this.now) : null;
      return this.drawStrip();
    },

    /** An input was touched: what the server said of it no longer holds. */
    touch(...keys) {
      for (const key of keys) {
        delete this.refused[key];
        delete this.faults[key];
      }
      this.fault = "";
      this.changed();
    },

    faultOf(key) {
      return this.faults[key] ?? "";
    },

    leaveName() {
      this.nameLeft = this.nameLeft || this.name !== "";
      this.changed();
    },

    // Getters

    get windowNow() {
      const { start, end } = windowAt(this.draft, this.now);
      return bodyOfWindow({ ...this.draft, startPreset: "", start, end }, this.exact);
    },

    /** What makes the form dirty; a start that follows the clock does not. */
    get snapshot() {
      const { startPreset, start, end, length } = this.draft;
      const window_ = [startPreset || start, length ?? end];
      const overrides = JSON.stringify(entriesOf(this.rows));
      const { name, countersAfter } = this;
      return JSON.stringify({ name, window_, collection: this.collection?.id, overrides, countersAfter });
    },

    get isDirty() {
      return this.isReady && !this.isReadOnly && this.snapshot !== this.before;
    },

    get status() {
      if (!this.spike) return "";
      if (this.spike.status === "expired") return "expired";
      return status(this.spike.start_datetime, this.spike.end_datetime, this.now);
    },

    get badge() {
      return { active: "Active", scheduled: "Scheduled", expired: "Expired" }[this.status] ?? "";
    },

    get mayEnd() {
      return this.status === "active" && user().mayWrite;
    },

    get standing() {
      const { start_datetime: start, end_datetime: end } = this.spike ?? {};
      return this.spike ? `${windowWords(start, end, this.now)}, ${standing(start, end, this.now)}` : "";
    },

    get hasFields() {
      return !this.collection || this.collection.fields.length > 0;
    },

    get toFix() {
      return remaining({ faults: this.faults, collides: Boolean(this.collision), rows: this.rows });
    },

    get toFixWords() {
      return remainingWords(this.toFix);
    },

    get saveKey() {
      return /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘" : "Ctrl";
    },

    get verb() {
      if (this.busy) return "Saving…";
      return this.spike ? "Save" : "Create Spike";
    },
  });
