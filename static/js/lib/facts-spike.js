// The properties of a spike that people edit, for comparing versions.

import { formatCountersChoice } from "./counters-after-choices.js";
import { fact, nameFact, timeFact } from "./facts.js";
import { formatOverride } from "./spike-format.js";

export function spikeFacts(spike, now) {
  const { counters_after: after = null } = spike;
  const overrides = spike.spike_fields
    .filter((copy) => copy.overridden_settings.length)
    .map((copy) => {
      const given = [...copy.overridden_settings].sort().map((name) => [name, copy[name] ?? null]);
      const words = formatOverride(copy);
      return { ...fact(`override ${copy.original_field_id}`, copy.field_name, given, words), absent: "as usual" };
    });
  return [
    nameFact("name", "Name", spike.name),
    timeFact("start_datetime", "Start", spike.start_datetime, now),
    timeFact("end_datetime", "End", spike.end_datetime, now),
    fact("counters_after", "Counters afterwards", after, formatCountersChoice(after)),
    ...overrides,
  ];
}
