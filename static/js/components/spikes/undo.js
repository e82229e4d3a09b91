// Undoing that spikes were ended or deleted. Loaded on demand, by the toast that offers it.

import { get, patch, post } from "../../lib/api.js";
import { requestRefresh } from "../../lib/auto-refresh.js";
import { withPrefix } from "../../lib/base.js";
import { confirm, toast } from "../../lib/layout-events.js";
import { formatCount } from "../../lib/numbers.js";
import { serverNow } from "../../lib/server-clock.js";
import { formatTime } from "../../lib/time.js";
import { toastOnNextPage } from "../layout/toasts.js";

const getPath = ({ id }) => `/api/spike-schedules/${id}`;

/** Undo what `getUndoOfEnd` or `getUndoOfDeletion` (spike-changes.js) describe. */
export async function undo({ ended, deleted }) {
  if (ended) await reopen(ended);
  else await restore(deleted);
  requestRefresh();
}

// An ended spike gets its former end again, unless someone has changed it or a poll has removed it.

async function reopen(spike) {
  if (Date.parse(spike.end) <= serverNow()) return offerToRunAgain(spike, "Its window would have ended by now.");
  try {
    await patch(getPath(spike), { end_datetime: spike.end }, spike.etag);
    toast(`“${spike.name}” is active again, until ${formatTime(spike.end)}.`);
  } catch (problem) {
    await reportReopen(spike, problem);
  }
  return undefined;
}

async function reportReopen(spike, problem) {
  if (problem.status === 404) {
    await offerToRunAgain(spike, "A poll has returned normal values since, and removed the spike.");
  } else if (problem.status === 412) {
    const text = "Someone has changed it since. Nothing was undone.";
    if (await ask(`“${spike.name}” stays ended`, text, "Open it")) window.location.assign(withPrefix(`/spikes/${spike.id}`));
  } else if (await ask(`“${spike.name}” stays ended`, problem.message, "Try again")) {
    await reopen(spike);
  }
}

/** Offer a new spike with the same overrides, for the rest of the window; if it has passed, for as long as it was. */
async function offerToRunAgain(spike, why) {
  const rest = Date.parse(spike.end) - serverNow();
  const until = rest > 0 ? ` until ${formatTime(spike.end)}` : "";
  const length = rest > 0 ? rest : Date.parse(spike.end) - Date.parse(spike.start);
  const text = `${why} You can run it again${until}: as a new spike, whose counters go on from their present values.`;
  if (!(await ask(`“${spike.name}” cannot go on`, text, "Run again"))) return;
  try {
    const { items } = await get("/api/rehearsals", { spike_schedule_id: spike.id });
    const body = { duration: Math.max(1, Math.round(length / 1000)) };
    const made = await post(`/api/rehearsals/${items[0]?.id ?? 0}/run-again`, body);
    toastOnNextPage(`“${made.name}” runs again. It ends at ${formatTime(made.end_datetime)}.`);
    window.location.assign(withPrefix(`/spikes/${made.id}`));
  } catch (problem) {
    await offerToRunAgain(spike, problem.message);
  }
}

// Deleted spikes are restored by the server, with their ids and records.

async function restore(spikes) {
  const left = [...spikes];
  try {
    while (left.length) {
      await post(`${getPath(left[0])}/restore`).catch(ignoreIfRestored);
      left.shift();
    }
    toast(spikes.length === 1 ? `“${spikes[0].name}” restored.` : `${formatCount(spikes.length, "spike")} restored.`);
  } catch (problem) {
    await reportRestore(left, problem);
  }
}

async function reportRestore([spike, ...others], problem) {
  const title = `“${spike.name}” was not restored`;
  if (problem.type?.endsWith("window-passed")) {
    await offerToRunAgain(spike, "Its window has passed.");
    if (others.length) await restore(others);
  } else if (await ask(title, problem.message, "Try again")) {
    await restore([spike, ...others]);
  } else if (others.length) {
    await restore(others);
  }
}

function ignoreIfRestored(problem) {
  if (!problem.type?.endsWith("not-deleted")) throw problem;
}

const ask = (title, text, verb) => confirm({ title, text, verb, cancelText: "Close", isHarmless: true });
