// What a page shows of a spike.

import { choiceWords } from "./counters-after-choices.js";
import { fact, instant, named } from "./facts.js";
import { overrideWords } from "./spike-format.js";

export function spikeFacts(spike, now) {
  const { counters_after: after = null } = spike;
  const overrides = spike.spike_fields
    .filter((copy) => copy.overridden_settings.length)
    .map((copy) => {
      const given = [...copy.overridden_settings].sort().map((name) => [name, copy[name] ?? null]);
      const words = overrideWords(copy);
      return { ...fact(`override ${copy.original_field_id}`, copy.field_name, given, words), absent: "as usual" };
    });
  return [
    named("name", "Name", spike.name),
    instant("start_datetime", "Start", spike.start_datetime, now),
    instant("end_datetime", "End", spike.end_datetime, now),
    fact("counters_after", "Counters afterwards", after, choiceWords(after)),
    ...overrides,
  ];
}
