// What becomes of the form of a spike: it is saved or refused; the spike is ended or deleted; the page is left.

import { at } from "../lib/base.js";
import { patch, post, remove } from "../lib/api.js";
import { cameFrom, markOnNextPage } from "../lib/came-from.js";
import { changesAnything, entriesOf } from "../lib/overrides.js";
import { serverNow } from "../lib/server-clock.js";
import { faultsFromServer } from "../lib/spike-faults.js";
import { bodyOfWindow } from "../lib/spike-window.js";
import { toast } from "../lib/toast.js";
import { confirm } from "./confirmation.js";
import { givenOfSpike } from "./spike-loading.js";
import { toastOnNextPage } from "./toasts.js";

const LOST = { title: "Discard your input?", text: "What you typed here is not saved.", verb: "Discard" };

export const spikeSaving = () => ({
  fault: "",
  busy: false,
  leaving: false,

  // Saving

  async save() {
    if (this.busy || this.isReadOnly) return;
    await this.reading; // of a length that was just typed
    Object.assign(this, { tried: true, fault: "" });
    this.look();
    if (this.collision) await this.lookAgain();
    if (this.toFix.length) return this.goToFirst();
    if (this.becomesNothing && !(await confirm(this.questionOfNothing))) return this.goToRows();
    const sent = entriesOf(this.rows);
    this.busy = true;
    try {
      this.leaveWith(await this.send(sent));
    } catch (problem) {
      if (!("errors" in problem)) throw problem;
      this.refuse(problem, sent);
    } finally {
      this.busy = this.leaving; // while the next page loads, nothing is sent twice
    }
  },

  /** Back where one came from, with what was saved marked there; else to the page of the spike. */
  leaveWith(saved) {
    const [own, back] = [`/spikes/${saved.id}`, cameFrom()];
    if (back) markOnNextPage(saved);
    this.leaveFor(back || own, `“${saved.name}” ${this.spike ? "saved" : "created"}.`, back && own);
  },

  /** To the first value that could be changed. */
  goToRows() {
    this.isFoldOpen = true;
    this.$nextTick(() => document.getElementById(this.rows[0]?.inputs[0].id)?.focus());
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
    const counters_after = this.countersAfter || null;
    const window_ = bodyOfWindow(draft, this.exact);
    return { collection_id: collection.id, name, ...window_, counters_after, spike_fields: sent };
  },

  /** Only what was changed: somebody else may have changed the rest. */
  changes(sent) {
    const { name, start_datetime: start, end_datetime: end } = this.spike;
    const body = this.windowNow;
    const changes = {};
    if (this.name !== name) changes.name = this.name;
    if (body.start_datetime !== start) changes.start_datetime = body.start_datetime;
    if (body.end_datetime !== end) changes.end_datetime = body.end_datetime;
    const after = this.countersAfter || null;
    if (after !== this.spike.counters_after) changes.counters_after = after;
    if (this.overridesChanged(sent)) changes.spike_fields = sent;
    return changes;
  },

  overridesChanged(sent) {
    return !this.spike || JSON.stringify(sent) !== JSON.parse(this.before).overrides;
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
    const question = {
      ...LOST,
      title: `End “${this.spike.name}” and discard your changes?`,
      verb: "End now",
    };
    if (this.isDirty && !(await confirm(question))) return;
    await this.trying(async () => {
      this.spike = await post(`/api/spike-schedules/${this.spike.id}/end`);
      this.name = this.spike.name;
      this.startWindow({ saved: this.spike });
      await this.useCollection(this.collection, givenOfSpike(this.spike));
      this.before = this.snapshot;
      this.now = serverNow();
      this.settle();
      this.check();
      toast(`“${this.name}” ended. The next poll is normal.`);
    });
  },

  async erase() {
    const { id, name } = this.spike;
    const text =
      this.status === "active" ? "It is active: the next poll is normal." : "Its window becomes free.";
    if (!(await confirm({ title: `Delete “${name}”?`, text, verb: "Delete spike" }))) return;
    await this.trying(async () => {
      await remove(`/api/spike-schedules/${id}`);
      this.leaveFor(cameFrom() || "/spikes", `“${name}” deleted.`);
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
      this.busy = this.leaving;
    }
  },

  async cancel() {
    if (this.isDirty && !(await confirm(LOST))) return;
    this.leaving = true;
    window.location.assign(at(cameFrom() || this.given.back));
  },

  leaveFor(path, words, href = "") {
    this.leaving = true;
    toastOnNextPage(words, href);
    window.location.assign(at(path));
  },

  // Getters

  /** Whether it would change nothing of what polls get, and that is new. */
  get becomesNothing() {
    if (changesAnything(this.rows)) return false;
    return !this.spike || JSON.parse(JSON.parse(this.before).overrides).length > 0;
  },

  get questionOfNothing() {
    const text = this.rows.length
      ? "No value differs from the usual one: in the window polls get what they always get."
      : "None of this collection’s fields can be overridden: in the window polls get what they always get.";
    const verb = this.spike ? "Save anyway" : "Create anyway";
    return { title: "Nothing changes yet", text, verb, no: "Go back", isHarmless: true };
  },
});
