// What becomes of the form of a spike: it is saved or refused; the spike is ended or deleted; the page is left.

import { at } from "../lib/base.js";
import { patch, post } from "../lib/api.js";
import { cameFrom, markOnNextPage } from "../lib/came-from.js";
import { changesAnything, entriesOf } from "../lib/overrides.js";
import { changeAsSeen } from "../lib/saving.js";
import { serverNow } from "../lib/server-clock.js";
import { endAsSeen, eraseAsSeen, spikeAsSeen } from "../lib/spike-changes.js";
import { faultsFromServer } from "../lib/spike-faults.js";
import { bodyOfWindow } from "../lib/spike-window.js";
import { toast } from "../lib/toast.js";
import { confirm } from "./confirmation.js";
import { givenOfSpike } from "./spike-loading.js";
import { toastOnNextPage } from "./toasts.js";

const LOST = { title: "Discard your input?", text: "What you typed here is not saved.", verb: "Discard" };

const againQuestion = ({ name }) => ({
  title: `“${name}” has ended. Run it again?`,
  text: "Its window has passed. Saved with this end, it is served again.",
  verb: "Run it again",
});
const goneQuestion = ({ name }) => ({
  title: `“${name}” is gone`,
  text: "Somebody deleted it, or it had ended and a poll removed it. What you typed is still here.",
  verb: "Create it anew",
});

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
    if (this.status === "expired" && !(await confirm(againQuestion(this.spike)))) return;
    const sent = entriesOf(this.rows);
    this.busy = true;
    try {
      if (this.spike) await this.change(sent);
      else await this.create(sent);
    } catch (problem) {
      if (!("errors" in problem)) throw problem;
      this.refuse(problem, sent);
    } finally {
      this.busy = this.leaving; // while the next page loads, nothing is sent twice
    }
  },

  async create(sent) {
    const saved = await post("/api/spike-schedules", this.whole(sent));
    this.leaveWith(saved, "created");
  },

  /** Save what was changed; where somebody else changed the spike meanwhile, the person chooses. */
  async change(sent) {
    const seen = spikeAsSeen(this.spike);
    const mine = seen.facts(this.asSaved(sent));
    const isRevived = ({ status }) => status === "expired";
    try {
      const { outcome, answer } = await changeAsSeen({
        ...seen,
        mine,
        send: (etag, base) => patch(seen.path, this.changes(sent, base), etag),
        verb: (present) => (isRevived(present) ? "Save mine, run it again" : "Save mine"),
        warning: (present) => (isRevived(present) ? "It has ended. Saving yours makes it active again." : ""),
      });
      if (outcome === "saved") this.leaveWith(answer, "saved");
      if (outcome === "theirs") this.showTheirs();
    } catch (problem) {
      if (problem.status !== 404) throw problem;
      if (await confirm(goneQuestion(this.spike))) await this.create(sent);
    }
  },

  /** The spike as it would be when it is saved, for comparing it. */
  asSaved(sent) {
    const copies = sent.map(({ original_field_id: id, ...given }) => {
      const row = this.rowById(id);
      const names = { original_field_id: id, overridden_settings: Object.keys(given) };
      return { ...row.own, ...given, ...names };
    });
    const { name, countersAfter, windowNow } = this;
    return { ...this.spike, name, ...windowNow, counters_after: countersAfter || null, spike_fields: copies };
  },

  showTheirs() {
    this.leaving = true;
    window.location.reload();
  },

  /** Back where one came from, with what was saved marked there; else to the page of the spike. */
  leaveWith(saved, done) {
    const [own, back] = [`/spikes/${saved.id}`, cameFrom()];
    if (back) markOnNextPage(saved);
    this.leaveFor(back || own, `“${saved.name}” ${done}.`, back && own);
  },

  /** To the first value that could be changed. */
  goToRows() {
    this.isFoldOpen = true;
    this.$nextTick(() => document.getElementById(this.rows[0]?.inputs[0].id)?.focus());
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

  /** Only what is different from `base`, the spike as the person saw it last. */
  changes(sent, base) {
    const { name, start_datetime: start, end_datetime: end } = base;
    const body = this.windowNow;
    const changes = {};
    if (this.name !== name) changes.name = this.name;
    if (body.start_datetime !== start) changes.start_datetime = body.start_datetime;
    if (body.end_datetime !== end) changes.end_datetime = body.end_datetime;
    const after = this.countersAfter || null;
    if (after !== base.counters_after) changes.counters_after = after;
    if (base !== this.spike || this.overridesChanged(sent)) changes.spike_fields = sent;
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
      const { outcome, answer } = await endAsSeen(this.spike);
      if (outcome !== "saved") return this.showTheirs();
      this.spike = answer;
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
    const { name } = this.spike;
    const text =
      this.status === "active" ? "It is active: the next poll is normal." : "Its window becomes free.";
    if (!(await confirm({ title: `Delete “${name}”?`, text, verb: "Delete spike" }))) return;
    await this.trying(async () => {
      const { outcome } = await eraseAsSeen(this.spike);
      if (outcome === "saved") this.leaveFor(cameFrom() || "/spikes", `“${name}” deleted.`);
      else this.showTheirs();
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
