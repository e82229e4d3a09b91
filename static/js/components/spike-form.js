// Creating and editing a spike: what is loaded, what is checked, what is sent.

import { get, patch, post, remove } from "../lib/api.js";
import { copyName } from "../lib/collection-words.js";
import { mix } from "../lib/list.js";
import { entriesOf, givenOfCopy, rowFaults } from "../lib/overrides.js";
import { faultsFromServer, remaining, remainingWords } from "../lib/spike-faults.js";
import { bodyOfWindow, collisionOf, occupied, windowAt, windowFaults } from "../lib/spike-window.js";
import { props, user } from "../lib/start.js";
import { ticking } from "../lib/ticker.js";
import { standing, status, windowWords } from "../lib/time.js";
import { toast } from "../lib/toast.js";
import { collectionChoice } from "./collection-choice.js";
import { confirm } from "./confirmation.js";
import { spikeOverrides } from "./spike-overrides.js";
import { spikePreview } from "./spike-preview.js";
import { spikeStrip } from "./spike-strip.js";
import { spikeWindow } from "./spike-window.js";
import { toastOnNextPage } from "./toasts.js";

const PATIENCE = 300;
const MOST_PAGES = 5;
const LOST = { title: "Discard your input?", text: "What you typed here is not saved.", verb: "Discard" };

export const spikeForm = () =>
  mix(ticking(), spikeWindow(), spikeStrip(), spikeOverrides(), spikePreview(), collectionChoice(), {
    given: { collection: null, spike: null, copy: null, start: "" },
    spike: null,
    collection: null,
    name: "",
    others: [],
    isReady: false,
    failed: "",
    slow: false,
    faults: {},
    refused: {},
    tried: false,
    nameLeft: false,
    fault: "",
    busy: false,
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

    // Loading

    async load() {
      this.failed = "";
      const slow = setTimeout(() => {
        this.slow = !this.isReady;
      }, PATIENCE);
      try {
        await this.fetch();
        this.isReady = true;
        this.before = this.snapshot;
        this.settle();
        this.$nextTick(() => {
          this.watchStrip();
          this.watchChart();
          this.check();
          if (!this.spike && !this.name) document.getElementById("spike-name")?.focus();
        });
      } catch (problem) {
        this.failed = problem.message;
      } finally {
        clearTimeout(slow);
        this.slow = false;
      }
    },

    async fetch() {
      const { spike, copy, collection, start } = this.given;
      const source = spike ?? copy;
      const [found, own] = await Promise.all([
        source ? get(`/api/spike-schedules/${source.id}`) : null,
        collection ? get(`/api/collections/${collection.id}`) : null,
      ]);
      if (spike) this.spike = found;
      if (found) this.name = spike ? found.name : copyName(found.name);
      this.startWindow({ saved: this.spike, like: copy ? found : null, start });
      if (own) await this.useCollection(own, givenOfSpike(found));
    },

    /** Offer the fields of this collection, and keep clear of its windows. */
    async useCollection(collection, given = {}) {
      this.collection = collection;
      this.makeRows(collection.fields, given);
      await this.fetchOthers();
    },

    async fetchOthers() {
      const path = `/api/collections/${this.collection.id}/spike-schedules`;
      const found = [];
      for (let page = 1; page <= MOST_PAGES; page += 1) {
        const { items, total } = await get(path, { sort: "-end_datetime", per_page: 200, page });
        found.push(...items);
        if (found.length >= total) break;
      }
      this.others = found.map(occupied).filter(({ id }) => id !== this.spike?.id);
    },

    /** The server knows of windows that this page does not. */
    learn(conflicts) {
      const known = new Map(this.others.map((other) => [other.id, other]));
      for (const other of conflicts.map(occupied)) if (other.id !== this.spike?.id) known.set(other.id, other);
      this.others = [...known.values()];
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

    // Saving

    async save() {
      if (this.busy || this.isReadOnly) return;
      Object.assign(this, { tried: true, fault: "" });
      this.look();
      if (this.collision) await this.lookAgain();
      if (this.toFix.length) return this.goToFirst();
      const sent = entriesOf(this.rows);
      this.busy = true;
      try {
        const saved = await this.send(sent);
        this.leaveFor("/spikes", `“${saved.name}” ${this.spike ? "saved" : "created"}.`);
      } catch (problem) {
        if (!("errors" in problem)) throw problem;
        this.refuse(problem, sent);
      } finally {
        this.busy = false;
      }
    },

    send(sent) {
      if (this.spike) return patch(`/api/spike-schedules/${this.spike.id}`, this.changes(sent));
      return post("/api/spike-schedules", this.whole(sent));
    },

    /** What seems to be in the way may be gone by now. */
    async lookAgain() {
      await this.fetchOthers().catch(() => {});
      this.look();
    },

    whole(sent) {
      const { collection, name, draft } = this;
      return { collection_id: collection.id, name, ...bodyOfWindow(draft, this.exact), spike_fields: sent };
    },

    /** Only what was changed: somebody else may have changed the rest. */
    changes(sent) {
      const { name, start_datetime: start, end_datetime: end } = this.spike;
      const body = this.windowNow;
      const changes = {};
      if (this.name !== name) changes.name = this.name;
      if (body.start_datetime !== start) changes.start_datetime = body.start_datetime;
      if (body.end_datetime !== end) changes.end_datetime = body.end_datetime;
      if (JSON.stringify(sent) !== JSON.parse(this.before).overrides) changes.spike_fields = sent;
      return changes;
    },

    refuse(problem, sent) {
      const { faults, other } = faultsFromServer(problem.errors, sent, (id) => this.rowById(id)?.name);
      this.refused = faults;
      if (problem.conflicts) this.learn(problem.conflicts);
      this.look();
      if (!this.toFix.length || other.length) this.fault = other[0] ?? problem.message;
      if (this.toFix.length) this.goToFirst();
    },

    goToFirst() {
      const target = this.toFix[0]?.target;
      this.showRow(target);
      this.$nextTick(() => {
        const note = target === "spike-start" ? document.getElementById("spike-collision") : null;
        const input = document.getElementById(target);
        (note ?? input)?.scrollIntoView({ block: "center" });
        input?.focus({ preventScroll: true });
      });
    },

    // Ending, deleting, leaving

    async endNow() {
      const question = { ...LOST, title: `End “${this.spike.name}” and discard your changes?`, verb: "End now" };
      if (this.isDirty && !(await confirm(question))) return;
      await this.trying(async () => {
        this.spike = await post(`/api/spike-schedules/${this.spike.id}/end`);
        this.name = this.spike.name;
        this.startWindow({ saved: this.spike });
        await this.useCollection(this.collection, givenOfSpike(this.spike));
        this.before = this.snapshot;
        this.now = Date.now();
        this.settle();
        this.check();
        toast(`“${this.name}” ended. The next poll is normal.`);
      });
    },

    async erase() {
      const { id, name } = this.spike;
      const text = this.status === "active" ? "It is active: the next poll is normal." : "Its window becomes free.";
      if (!(await confirm({ title: `Delete “${name}”?`, text, verb: "Delete spike" }))) return;
      await this.trying(async () => {
        await remove(`/api/spike-schedules/${id}`);
        this.leaveFor("/spikes", `“${name}” deleted.`);
      });
    },

    async trying(action) {
      this.busy = true;
      this.fault = "";
      try {
        await action();
      } catch (problem) {
        this.fault = problem.message;
      } finally {
        this.busy = false;
      }
    },

    async cancel() {
      if (this.isDirty && !(await confirm(LOST))) return;
      this.leaving = true;
      window.location.assign(this.given.back ?? "/spikes");
    },

    leaveFor(path, words) {
      this.leaving = true;
      toastOnNextPage(words);
      window.location.assign(path);
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
      return JSON.stringify({ name: this.name, window_, collection: this.collection?.id, overrides });
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

    get verb() {
      if (this.busy) return "Saving…";
      return this.spike ? "Save" : "Create Spike";
    },
  });

/** The overrides by field id, each with the value type that it is of. */
function givenOfSpike(spike) {
  const copies = spike?.spike_fields ?? [];
  return Object.fromEntries(copies.map((copy) => [copy.original_field_id, { type: copy.value_type, ...givenOfCopy(copy) }]));
}
