// What each counter does after the end of a spike, in words.

import { formatNames } from "./override-rows.js";
import { isCounter } from "./value-types.js";

export const getCounters = (fields) => fields.filter(isCounter);

/** Return whether the collection's counter continues from the spike's last value. */
function continues(choice, hasOwnStart) {
  return choice === "continue" || (choice === "" && !hasOwnStart);
}

/**
 * Return at most two lines, such as "Continues from the spike’s last value: km" and "Returns to its value before
 * the spike: trips". `ownStarts` has the ids of the counters whose start the spike overrides.
 */
export function formatCountersAfter(counters, choice, ownStarts) {
  const onward = counters.filter(({ id }) => continues(choice, ownStarts.has(id)));
  const back = counters.filter((each) => !onward.includes(each));
  return [
    line(onward, "Continues from the spike’s last value", "Continue from the spike’s last value"),
    line(back, "Returns to its value before the spike", "Return to their value before the spike"),
  ].filter(Boolean);
}

function line(counters, one, many) {
  return counters.length ? `${counters.length > 1 ? many : one}: ${formatNames(counters)}` : "";
}
