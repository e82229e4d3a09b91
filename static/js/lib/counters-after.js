// What each counter does after the window of a spike, in words.

import { namesOf } from "./override-rows.js";
import { isCounter } from "./value-types.js";

export const getCounters = (fields) => fields.filter(isCounter);

/** Whether the collection's counter takes over where the spike's stood. */
function continues(choice, hasOwnStart) {
  return choice === "continue" || (choice === "" && !hasOwnStart);
}

/**
 * Two lines at most, such as "Continues from the spike: km." and "Returns to its value before the spike: trips." `ownStarts`
 * holds the ids of the counters to which the spike gives a start.
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
  return counters.length ? `${counters.length > 1 ? many : one}: ${namesOf(counters)}` : "";
}
