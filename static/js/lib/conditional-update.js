// Optimistic locking: a change is only made to the version that the user saw. If someone else changed it, the user
// decides.

import { askConflict } from "./layout-events.js";
import { get, getEtag, getLoadedAt } from "./api.js";
import { areEqual, formatAuthors, getConflicts } from "./compare-versions.js";
import { serverNow } from "./server-clock.js";
import { getUser } from "./page-data.js";
import { formatRelative } from "./relative-time.js";

const UNKNOWN_ETAG = '"unknown"'; // for an item of a list that has changed since: the 412 response names who changed it

/**
 * Update an item if it is still the version that this page showed.
 *
 * - `path`: of the item; `name`: shown to the user.
 * - `seen`: the version that was shown. An item of a list has no ETag: then the current version is loaded and compared.
 * - `properties(item)`: see compare-versions.js; `mine`: the properties of the form, null for an action.
 * - `send(etag, base)`: makes the change; `base` is the version that the user saw last.
 * - `isDone(present)`: whether the change has already been made, for example if a response was lost.
 * - `verb(present)`: the button that makes the change anyway; `warning(present)`: what it would undo.
 *
 * Resolve to `{outcome, answer}`. The outcome is "saved" (`answer` is the server's response), or what the user
 * chose instead: "theirs" or "edit" (`answer` is the current version). Reject with a Problem.
 */
export async function updateIfUnchanged({ path, name, seen, properties, mine = null, send, ...more }) {
  const { isDone = () => false, verb = () => "Save mine", warning = () => "" } = more;
  let base = seen;
  let etag = getEtag(base) || (await getEtagIfUnchanged(path, base, properties));
  for (;;) {
    try {
      return { outcome: "saved", answer: await send(etag, base) };
    } catch (problem) {
      if (problem.status !== 412) throw problem;
      const present = await get(path);
      const theirs = properties(present);
      if (isDone(present) || (mine && areEqual(mine, theirs))) return { outcome: "saved", answer: present };
      const rows = getConflicts(properties(base), theirs, mine);
      if (rows.length) {
        const context = { since: getLoadedAt(base), me: getUser().name, now: serverNow(), ago: formatRelative };
        const who = formatAuthors(problem.changes ?? [], context);
        const texts = { name, who, verb: verb(present), warning: warning(present) };
        const outcome = await askConflict({ ...texts, rows, hasForm: mine !== null });
        if (outcome !== "mine") return { outcome, answer: present };
      }
      base = present;
      etag = getEtag(present);
    }
  }
}

/** Delete an item, like `updateIfUnchanged`; an item that is already gone counts as deleted. */
export async function deleteIfUnchanged(change) {
  try {
    return await updateIfUnchanged({ verb: () => "Delete anyway", ...change });
  } catch (problem) {
    if (problem.status === 404) return { outcome: "saved", answer: null };
    throw problem;
  }
}

/** Return the current ETag if the item is still the version that was shown. */
async function getEtagIfUnchanged(path, seen, properties) {
  const present = await get(path);
  return areEqual(properties(seen), properties(present)) ? getEtag(present) : UNKNOWN_ETAG;
}
