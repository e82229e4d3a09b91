// The final actions of the spike form: save, cancel, end and delete. This module is loaded on demand (see saving.js),
// so that the form appears sooner.

import { UNREACHABLE, patch, post } from "../../lib/api.js";
import { REFRESH_EVENT } from "../../lib/auto-refresh.js";
import { withPrefix } from "../../lib/base.js";
import { getReturnPath, highlightOnNextPage } from "../../lib/return-path.js";
import { changesAnything, buildSpikeFields } from "../../lib/override-rows.js";
import { property } from "../../lib/compare-versions.js";
import { updateIfUnchanged } from "../../lib/conditional-update.js";
import { serverNow } from "../../lib/server-clock.js";
import { deleteSpike as sendDelete, endSpike, getUndoOfDeletion, getUndoOfEnd, spikeChange } from "../../lib/spike-changes.js";
import { mapServerErrors } from "../../lib/spike-server-errors.js";
import { toWindowBody } from "../../lib/spike-window.js";
import { confirm, toast } from "../../lib/layout-events.js";
import { toastOnNextPage } from "../layout/toasts.js";
import { getSpikeOverrides } from "./loading.js";

const LOST = { title: "Discard your changes?", text: "Your changes will be lost.", verb: "Discard" };
const DISCARD = { text: "Your changes will be lost.", verb: "End now" };

const runAgainQuestion = ({ name }) => ({
  title: `“${name}” has ended. Run it again?`,
  text: "Its window has passed. Saving it with this end makes it active again.",
  verb: "Run it again",
});
const recreateQuestion = ({ name }) => ({
  title: `“${name}” was deleted`,
  text: "Someone deleted it, or it ended and a poll removed it. Your input is still here.",
  verb: "Create it again",
});

export async function save(form) {
  if (form.busy || form.isReadOnly) return;
  await form.parsing; // of a duration that was just typed
  Object.assign(form, { isSubmitted: true, error: "" });
  form.look();
  if (form.collision) await refreshConflicts(form);
  if (form.problems.length) return focusFirstProblem(form);
  if (changesNothing(form) && !(await confirm(noChangesQuestion(form)))) return focusFirstRow(form);
  if (form.status === "expired" && !(await confirm(runAgainQuestion(form.spike)))) return;
  const sent = buildSpikeFields(form.rows);
  form.busy = true;
  try {
    if (form.spike) await change(form, sent);
    else await create(form, sent);
  } catch (problem) {
    if (!("errors" in problem)) throw problem;
    showServerErrors(form, problem, sent);
  } finally {
    form.busy = form.leaving; // nothing is sent twice while the next page loads
  }
}

async function create(form, sent) {
  const saved = await post("/api/spike-schedules", toCreateBody(form, sent));
  leaveAfterSave(form, saved, "created");
}

/** Save the changes; if someone else changed the spike, the user decides. */
async function change(form, sent) {
  const seen = spikeChange(form.spike);
  const mine = seen.properties(toSavedSpike(form, sent));
  // Other versions do not tell what they expect; so that a change of it alone is sent as well:
  if (expectsOtherwise(form)) mine.push(property("rehearsal", "Expectations", "changed", "as you set them"));
  const isRevived = ({ status }) => status === "expired";
  try {
    const { outcome, answer } = await updateIfUnchanged({
      ...seen,
      mine,
      send: (etag, base) => patch(seen.path, toUpdateBody(form, sent, base), etag),
      verb: (present) => (isRevived(present) ? "Save mine, run it again" : "Save mine"),
      warning: (present) => (isRevived(present) ? "It has ended. Saving yours makes it active again." : ""),
    });
    if (outcome === "saved") leaveAfterSave(form, answer, "saved");
    if (outcome === "theirs") reloadPage(form);
  } catch (problem) {
    if (problem.status !== 404) throw problem;
    if (await confirm(recreateQuestion(form.spike))) await create(form, sent);
  }
}

const expectsOtherwise = ({ expected, before }) => JSON.stringify(expected) !== JSON.stringify(JSON.parse(before).expected);

/** Return the spike as it would be saved, for comparing it. */
function toSavedSpike(form, sent) {
  const copies = sent.map(({ original_field_id: id, ...overrides }) => {
    const row = form.rowById(id);
    const names = { original_field_id: id, overridden_settings: Object.keys(overrides) };
    return { ...row.field, ...overrides, ...names };
  });
  const { name, countersAfter, windowNow } = form;
  return { ...form.spike, name, ...windowNow, counters_after: countersAfter || null, spike_fields: copies };
}

function reloadPage(form) {
  form.leaving = true;
  window.location.reload();
}

/** Return to the previous page, where the spike is highlighted; else open the spike's page. */
function leaveAfterSave(form, saved, done) {
  const [spikePath, back] = [`/spikes/${saved.id}`, getReturnPath()];
  if (back) highlightOnNextPage(saved);
  const words = [`“${saved.name}” ${done}.`, ...(saved.warnings ?? [])].join(" ");
  leaveFor(form, back || spikePath, words, { href: back && spikePath });
}

function leaveFor(form, path, words, { href = "", undo = null }) {
  form.leaving = true;
  toastOnNextPage(words, href, undo);
  window.location.assign(withPrefix(path));
}

/** Return to the previous page without saving. */
export async function cancel(form) {
  if (form.isDirty && !(await confirm(LOST))) return;
  form.leaving = true;
  window.location.assign(withPrefix(getReturnPath() || form.props.back));
}

/** Focus the first value that can be changed. */
function focusFirstRow(form) {
  form.isFoldOpen = true;
  form.$nextTick(() => document.getElementById(form.rows[0]?.inputs[0].id)?.focus());
}

/** Reload the other spikes: a conflict may be gone by now. */
async function refreshConflicts(form) {
  await form.fetchOthers().catch(() => {});
  form.look();
}

function toCreateBody(form, sent) {
  const { collection, name, draft } = form;
  const counters_after = form.countersAfter || null;
  const window_ = toWindowBody(draft, form.exact);
  const body = { collection_id: collection.id, name, ...window_, counters_after, spike_fields: sent };
  return form.expected ? { ...body, rehearsal: form.expected } : body;
}

/** Return only the differences from `base`, the version that the user saw last. */
function toUpdateBody(form, sent, base) {
  const { name, start_datetime: start, end_datetime: end } = base;
  const body = form.windowNow;
  const changes = {};
  if (form.name !== name) changes.name = form.name;
  if (body.start_datetime !== start) changes.start_datetime = body.start_datetime;
  if (body.end_datetime !== end) changes.end_datetime = body.end_datetime;
  const after = form.countersAfter || null;
  if (after !== base.counters_after) changes.counters_after = after;
  if (base !== form.spike || form.overridesChanged(sent)) changes.spike_fields = sent;
  if (expectsOtherwise(form)) changes.rehearsal = form.expected;
  return changes;
}

function showServerErrors(form, problem, sent) {
  const { errors, other } = mapServerErrors(problem.errors, sent, (id) => form.rowById(id)?.name);
  form.serverErrors = errors;
  if (problem.conflicts) form.mergeConflicts(problem.conflicts);
  form.look();
  if (!form.problems.length || other.length) form.error = other[0] ?? problem.message;
  if (form.problems.length) focusFirstProblem(form);
}

export function focusFirstProblem(form) {
  const target = form.problems[0]?.target;
  form.showRow(target);
  form.$nextTick(() => {
    const note = target === "spike-start" ? document.getElementById("spike-collision") : null;
    const input = document.getElementById(target);
    (note ?? input)?.scrollIntoView({ block: "center" });
    input?.focus({ preventScroll: true });
  });
}

/** Open the section "Expect". */
export async function openExpect(form, isSaved = false) {
  const expecting = await import("./expecting.js").catch(() => null);
  if (expecting) await expecting.openExpect(form, isSaved);
  else form.error = UNREACHABLE;
}

export async function endNow(form) {
  const question = { ...DISCARD, title: `End “${form.spike.name}” and discard your changes?` };
  if (form.isDirty && !(await confirm(question))) return;
  await form.withBusy(async () => {
    const { outcome, answer } = await endSpike(form.spike);
    if (outcome !== "saved") return reloadPage(form);
    const undo = getUndoOfEnd(form.spike, answer);
    form.spike = answer;
    form.name = form.spike.name;
    form.startWindow({ saved: form.spike });
    await form.useCollection(form.collection, getSpikeOverrides(form.spike));
    form.before = form.snapshot;
    form.now = serverNow();
    form.updateReadOnly();
    form.check();
    toast(`“${form.name}” ended. The next poll returns normal values.`, undo);
    document.addEventListener(REFRESH_EVENT, () => reloadPage(form), { once: true }); // it was undone
  });
}

export async function deleteSpike(form) {
  const { name } = form.spike;
  const question = { ...DISCARD, title: `Delete “${name}” and discard your changes?`, verb: "Delete" };
  if (form.isDirty && !(await confirm(question))) return;
  await form.withBusy(async () => {
    const { outcome } = await sendDelete(form.spike);
    const undo = getUndoOfDeletion([form.spike]);
    if (outcome === "saved") leaveFor(form, getReturnPath() || "/spikes", `“${name}” deleted.`, { undo });
    else reloadPage(form);
  });
}

/** Return whether the spike no longer changes any value of polls. */
function changesNothing(form) {
  if (changesAnything(form.rows)) return false;
  return !form.spike || JSON.parse(JSON.parse(form.before).overrides).length > 0;
}

function noChangesQuestion(form) {
  const text = form.rows.length
    ? "No value differs from the collection’s. During the window, polls return normal values."
    : "None of this collection’s fields can be overridden. During the window, polls return normal values.";
  const verb = form.spike ? "Save anyway" : "Create anyway";
  return { title: "Nothing changes yet", text, verb, cancelText: "Go back", isHarmless: true };
}
