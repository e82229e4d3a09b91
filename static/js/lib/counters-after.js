// What each counter does after the window of a spike, in words.

import { namesOf } from "./override-rows.js";
import { isCounter } from "./value-types.js";

export const getCounters = (fields) => fields.filter(isCounter);

/** Whether the collection's counter takes over where the spike's stood. */
function continues(choice, hasOwnStart) {
  return choice === "continue" || (choice === "" && !hasOwnStart);
}

/**
 * Two lines at most, such as "Continues from the spike: km." and "Goes back to where it stood: trips." `ownStarts`
 * holds the ids of the counters to which the spike gives a start.
 */
export function formatCountersAfter(counters, choice, ownStarts) {
  const onward = counters.filter(({ id }) => continues(choice, ownStarts.has(id)));
  const back = counters.filter((each) => !onward.includes(each));
  return [
    line(onward, "Continues where the spike leaves off", "Continue where the spike leaves off"),
    line(back, "Goes back to where it stood", "Go back to where they stood"),
  ].filter(Boolean);
}

function line(counters, one, many) {
  return counters.length ? `${counters.length > 1 ? many : one}: ${namesOf(counters)}` : "";
}
