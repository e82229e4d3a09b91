// The properties of a spike that people edit, for comparing versions.

import { formatCountersChoice } from "./counters-after-choices.js";
import { property, nameProperty, timeProperty } from "./compare-versions.js";
import { formatOverride } from "./spike-format.js";

export function getSpikeProperties(spike, now) {
  const { counters_after: after = null } = spike;
  const overrides = spike.spike_fields
    .filter((copy) => copy.overridden_settings.length)
    .map((copy) => {
      const overridden = [...copy.overridden_settings].sort().map((name) => [name, copy[name] ?? null]);
      const text = formatOverride(copy);
      return { ...property(`override ${copy.original_field_id}`, copy.field_name, overridden, text), absent: "as usual" };
    });
  return [
    nameProperty("name", "Name", spike.name),
    timeProperty("start_datetime", "Start", spike.start_datetime, now),
    timeProperty("end_datetime", "End", spike.end_datetime, now),
    property("counters_after", "Counters afterwards", after, formatCountersChoice(after)),
    ...overrides,
  ];
}
