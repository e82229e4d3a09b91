// The record of a spike (a rehearsal of the API) in the form of a spike schedule, which the other modules take. Pure.

import { getWindowStatus } from "./durations.js";

const STATUSES = { scheduled: "scheduled", running: "active", observed: "expired", cancelled: "expired" };

/** Return an override of a record as a copy of the field, with the settings of both. */
export const toCopy = ({ field_id, field_name, value_type, settings, normal }) => ({
  id: field_id,
  original_field_id: field_id,
  field_name,
  value_type,
  ...normal,
  ...settings,
  is_overridden: true,
  overridden_settings: Object.keys(settings),
  original: { value_type, ...normal },
});

/** Return the record as a spike with its overridden copies. */
export const toSpike = (record) => ({
  id: record.spike_schedule_id,
  collection_id: record.collection_id,
  collection_name: record.collection_name,
  name: record.name,
  start_datetime: record.start_datetime,
  end_datetime: record.end_datetime,
  status: STATUSES[record.state],
  counters_after: record.counters_after,
  spike_fields: record.overrides.map(toCopy),
});

/** Return an item of a list of spikes or of records as a spike; that of a record has the `record`, and is over. */
export const readItem = (item) =>
  "spike_schedule_id" in item ? { ...toSpike(item), status: "expired", record: item } : item;

/**
 * Return the record as a spike whose copies are of these `fields`: those with the same name and type. A field may have
 * been deleted and created again since.
 */
export function toSpikeOf(record, fields) {
  const spike = toSpike(record);
  const copies = spike.spike_fields.flatMap((copy) => {
    const field = fields.find((each) => each.field_name === copy.field_name && each.value_type === copy.value_type);
    return field ? [{ ...copy, id: field.id, original_field_id: field.id }] : [];
  });
  return { ...spike, spike_fields: copies };
}

/** Return whether the window has passed, or the spike was deleted. */
export const isOver = (record, now) =>
  record.cancelled_at !== null || getWindowStatus(record.start_datetime, record.end_datetime, now) === "expired";

/** Return the end of what was served: an earlier one if the spike was deleted in its window. */
export function getServedEnd({ start_datetime: start, end_datetime: end, cancelled_at: cancelled }) {
  const [from, to] = [Date.parse(start), Date.parse(end)];
  return cancelled === null ? to : Math.min(to, Math.max(from, Date.parse(cancelled)));
}
