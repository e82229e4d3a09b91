// Rare actions of the page of a spike, loaded on demand (see report-ending.js).

import { post, remove } from "../../lib/api.js";
import { withPrefix } from "../../lib/base.js";
import { confirm } from "../../lib/layout-events.js";
import { countPolls } from "../../lib/report-format.js";
import { formatCollision } from "../../lib/run-again.js";
import { formatCount } from "../../lib/numbers.js";
import { formatTime } from "../../lib/time.js";
import { toastOnNextPage } from "../layout/toasts.js";

/** Run the spike again, now or at `start`, and open the page of the new spike. */
export async function runAgain(page, start = "") {
  if (page.busy) return;
  Object.assign(page, { busy: true, error: "", collision: null });
  try {
    const body = start ? { start_datetime: start } : {};
    const made = await post(`/api/rehearsals/${page.record.id}/run-again`, body);
    const when = start ? `starts at ${formatTime(made.start_datetime)}` : `ends at ${formatTime(made.end_datetime)}`;
    toastOnNextPage(`“${made.name}” runs again. It ${when}.`);
    window.location.assign(withPrefix(`/spikes/${made.id}`));
  } catch (problem) {
    page.busy = false;
    if (problem.conflicts) page.collision = formatCollision(problem, page.now);
    else page.error = formatRefusal(problem);
  }
}

function formatRefusal(problem) {
  const details = Object.values(problem.errors).flat();
  return `It could not be run again. ${details.length ? details.join(" ") : problem.message}`;
}

/** Delete the record of a spike that is over, and open the list. */
export async function deleteRecord(page) {
  const { polls } = countPolls(page.record);
  const question = {
    title: `Delete “${page.name}”?`,
    text: `This removes the record of this spike and of ${formatCount(polls, "poll")}. It cannot be undone.`,
    verb: "Delete record",
  };
  if (!(await confirm(question))) return;
  Object.assign(page, { busy: true, error: "" });
  try {
    if (page.record.is_scheduled) await remove(`/api/spike-schedules/${page.record.spike_schedule_id}`).catch(ignoreGone);
    await remove(`/api/rehearsals/${page.record.id}`).catch(ignoreGone);
    toastOnNextPage(`The record of “${page.name}” was deleted.`);
    window.location.assign(withPrefix("/spikes"));
  } catch (problem) {
    Object.assign(page, { busy: false, error: `“${page.name}” was not deleted. ${problem.message}` });
  }
}

function ignoreGone(problem) {
  if (problem.status !== 404) throw problem;
}
