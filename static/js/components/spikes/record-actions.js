// Rare actions on the records of spikes, of their page and of the list: run again, ignore an alert, delete. Loaded on
// demand.

import { get, getEtag, patch, post, remove } from "../../lib/api.js";
import { withPrefix } from "../../lib/base.js";
import { confirm, toast } from "../../lib/layout-events.js";
import { buildNextExpectations, toMatch } from "../../lib/next-expectations.js";
import { formatCount } from "../../lib/numbers.js";
import { formatCollision } from "../../lib/run-again.js";
import { formatTime } from "../../lib/time.js";
import { toastOnNextPage } from "../layout/toasts.js";

/**
 * Run a spike again, now or at `start`, and open the page of the new one. If another one is in the way, `component`
 * shows its `collision`, or else an error.
 */
export async function runAgain(component, record, start = "") {
  if (component.busyId) return;
  Object.assign(component, { busyId: record.spike_schedule_id, error: "", collision: null });
  try {
    const body = start ? { start_datetime: start } : {};
    const made = await post(`/api/rehearsals/${record.id}/run-again`, body);
    await expectMore(component, record, made);
    const when = start ? `starts at ${formatTime(made.start_datetime)}` : `ends at ${formatTime(made.end_datetime)}`;
    toastOnNextPage(`“${made.name}” runs again. It ${when}.`);
    window.location.assign(withPrefix(`/spikes/${made.id}`));
  } catch (problem) {
    component.busyId = 0;
    if (problem.conflicts) component.collision = { record, ...formatCollision(problem, component.now) };
    else component.error = formatRefusal(record, problem);
  }
}

/** Let the new run expect the alerts that were marked on the page. */
async function expectMore({ expectedNext = [] }, record, made) {
  if (!expectedNext.length) return;
  const labels = expectedNext.map((row) => row.labels);
  await patch(`/api/rehearsals/${made.rehearsal_id}`, { expectations: buildNextExpectations(record, labels) });
}

/** Make the receiver ignore alerts with this name; they make no episodes any more, in no spike. */
export async function ignoreAlert(page, { labels, name }) {
  const { id, name: receiver } = page.record.receiver;
  const text = `“${receiver}” no longer records this alert, for any spike. You can change that on the page of the receiver.`;
  if (!(await confirm({ title: `Ignore “${name}”?`, text, verb: "Ignore alert" }))) return;
  page.error = "";
  try {
    const path = `/api/alert-receivers/${id}`;
    const present = await get(path);
    await patch(path, { ignored: [...present.ignored, toMatch(labels)] }, getEtag(present));
    toast(`“${name}” is ignored from now on.`);
  } catch (problem) {
    page.error = `“${name}” could not be ignored. ${problem.message}`;
  }
}

function formatRefusal({ name }, problem) {
  const { duration, ...others } = problem.errors;
  if (duration) return `“${name}” could not be run again, because it had no length. Duplicate it, to choose one.`;
  const details = Object.values(others).flat();
  const reason = details.length ? `${details.join(". ")}.` : problem.message;
  return `“${name}” could not be run again. ${reason}`;
}

/** Delete the record of the spike that the page shows, and open the list. */
export async function deleteRecord(page) {
  if (!(await confirm(buildQuestion([page.record])))) return;
  Object.assign(page, { busyId: page.spike.id, error: "" });
  try {
    await removeRecord(page.record);
    toastOnNextPage(`The record of “${page.name}” was deleted.`);
    window.location.assign(withPrefix("/spikes?status=past"));
  } catch (problem) {
    Object.assign(page, { busyId: 0, error: `“${page.name}” was not deleted. ${problem.message}` });
  }
}

/** Delete the records of several spikes of the list. */
export async function deleteRecords(list, spikes) {
  const records = spikes.map(({ record }) => record);
  if (!(await confirm(buildQuestion(records)))) return;
  list.error = "";
  let deleted = 0;
  try {
    for (const record of records) {
      await removeRecord(record);
      deleted += 1;
    }
  } catch (problem) {
    const rest = records.length === 1 ? "" : ` ${deleted} of ${records.length} were.`;
    list.error = `“${records[deleted].name}” was not deleted.${rest} ${problem.message}`;
  }
  const what = deleted === 1 ? `The record of “${records[0].name}” was` : `${formatCount(deleted, "record")} were`;
  if (deleted) toast(`${what} deleted.`);
  await list.changed();
}

function buildQuestion(records) {
  const polls = formatCount(records.reduce((sum, { poll_count: count }) => sum + count, 0), "poll");
  if (records.length === 1) {
    const text = `This removes the record of this spike and of ${polls}. It cannot be undone.`;
    return { title: `Delete “${records[0].name}”?`, text, verb: "Delete record" };
  }
  const text = `This removes the records of ${records.length} spikes and of ${polls}. It cannot be undone.`;
  return { title: `Delete ${records.length} records?`, text, verb: "Delete records" };
}

/** Delete a record, and its schedule if no poll has removed it yet; what is already gone counts as deleted. */
async function removeRecord(record) {
  if (record.is_scheduled) await remove(`/api/spike-schedules/${record.spike_schedule_id}`).catch(ignoreGone);
  await remove(`/api/rehearsals/${record.id}`).catch(ignoreGone);
}

function ignoreGone(problem) {
  if (problem.status !== 404) throw problem;
}
