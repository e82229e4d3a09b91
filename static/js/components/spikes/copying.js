// The spike that a new one copies. Loaded only if there is one.

import { get } from "../../lib/api.js";
import { buildCopyName } from "../../lib/copy-name.js";
import { toSpikeOf } from "../../lib/rehearsal-spike.js";

/** Load a spike with the name of its copy; where the schedule is gone, from its record and the collection's fields. */
export async function loadCopy({ id, record, isScheduled }, collection) {
  const source = isScheduled
    ? await get(`/api/spike-schedules/${id}`)
    : toSpikeOf(await get(`/api/rehearsals/${record}`), (await collection).fields);
  return { ...source, name: buildCopyName(source.name) };
}
