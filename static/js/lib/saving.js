// Changing a thing only as it was seen. Where somebody else changed it meanwhile, the person is asked.

import { askConflict } from "../components/layout/conflict.js";
import { etagOf, get, loadedAt } from "./api.js";
import { areSame, conflictsOf, whoWords } from "./facts.js";
import { serverNow } from "./server-clock.js";
import { user } from "./start.js";
import { relative } from "./time.js";

const NO_TAG = '"unknown"'; // of what was seen in a list and is different now: the refusal tells who changed it

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
export async function changeAsSeen({ path, name, seen, facts, mine = null, send, ...more }) {
  const { isDone = () => false, verb = () => "Save mine", warning = () => "" } = more;
  let base = seen;
  let etag = etagOf(base) || (await tagIfSame(path, base, facts));
  for (;;) {
    try {
      return { outcome: "saved", answer: await send(etag, base) };
    } catch (problem) {
      if (problem.status !== 412) throw problem;
      const present = await get(path);
      const theirs = facts(present);
      if (isDone(present) || (mine && areSame(mine, theirs))) return { outcome: "saved", answer: present };
      const rows = conflictsOf(facts(base), theirs, mine);
      if (rows.length) {
        const told = { since: loadedAt(base), me: user().name, now: serverNow(), ago: relative };
        const who = whoWords(problem.changes ?? [], told);
        const words = { name, who, verb: verb(present), warning: warning(present) };
        const outcome = await askConflict({ ...words, rows, hasForm: mine !== null });
        if (outcome !== "mine") return { outcome, answer: present };
      }
      base = present;
      etag = etagOf(present);
    }
  }
}

/** As `changeAsSeen`, for deleting: what is gone already is deleted, too. */
export async function deleteAsSeen(change) {
  try {
    return await changeAsSeen({ verb: () => "Delete anyway", ...change });
  } catch (problem) {
    if (problem.status === 404) return { outcome: "saved", answer: null };
    throw problem;
  }
}

/** The present ETag, where the thing is still as it was shown. */
async function tagIfSame(path, seen, facts) {
  const present = await get(path);
  return areSame(facts(seen), facts(present)) ? etagOf(present) : NO_TAG;
}
