// Changing a thing only as it was seen. Where somebody else changed it meanwhile, the person is asked.

import { askConflict } from "../components/layout/conflict.js";
import { getEtag, get, getLoadedAt } from "./api.js";
import { areEqual, getConflicts, formatAuthors } from "./facts.js";
import { serverNow } from "./server-clock.js";
import { getUser } from "./page-data.js";
import { formatRelative } from "./time.js";

const UNKNOWN_ETAG = '"unknown"'; // of what was seen in a list and is different now: the refusal tells who changed it

/**
 * Change a thing as this page showed it.
 *
 * - `path`: of the thing; `name`: what it is called.
 * - `seen`: the thing as it was shown. From a list it has no ETag: then it is read first, and compared.
 * - `facts(thing)`: what the page shows of it, see facts.js; `mine`: the same of the form, null for an action.
 * - `send(etag, base)`: makes the change; `base` is the thing as the person saw it last.
 * - `isDone(present)`: whether the thing is already as wanted, as after an answer that was lost.
 * - `verb(present)`: the button that does it all the same; `warning(present)`: what that would undo.
 *
 * Resolves to `{outcome, answer}`. The outcome is "saved" (the answer is the server's), or what the person
 * chose instead: "theirs" or "edit" (the answer is the thing as it is now). Rejects with a Problem.
 */
export async function updateIfUnchanged({ path, name, seen, facts, mine = null, send, ...more }) {
  const { isDone = () => false, verb = () => "Save mine", warning = () => "" } = more;
  let base = seen;
  let etag = getEtag(base) || (await getEtagIfUnchanged(path, base, facts));
  for (;;) {
    try {
      return { outcome: "saved", answer: await send(etag, base) };
    } catch (problem) {
      if (problem.status !== 412) throw problem;
      const present = await get(path);
      const theirs = facts(present);
      if (isDone(present) || (mine && areEqual(mine, theirs))) return { outcome: "saved", answer: present };
      const rows = getConflicts(facts(base), theirs, mine);
      if (rows.length) {
        const told = { since: getLoadedAt(base), me: getUser().name, now: serverNow(), ago: formatRelative };
        const who = formatAuthors(problem.changes ?? [], told);
        const words = { name, who, verb: verb(present), warning: warning(present) };
        const outcome = await askConflict({ ...words, rows, hasForm: mine !== null });
        if (outcome !== "mine") return { outcome, answer: present };
      }
      base = present;
      etag = getEtag(present);
    }
  }
}

/** As `changeAsSeen`, for deleting: what is gone already is deleted, too. */
export async function deleteIfUnchanged(change) {
  try {
    return await updateIfUnchanged({ verb: () => "Delete anyway", ...change });
  } catch (problem) {
    if (problem.status === 404) return { outcome: "saved", answer: null };
    throw problem;
  }
}

/** The present ETag, where the thing is still as it was shown. */
async function getEtagIfUnchanged(path, seen, facts) {
  const present = await get(path);
  return areEqual(facts(seen), facts(present)) ? getEtag(present) : UNKNOWN_ETAG;
}
