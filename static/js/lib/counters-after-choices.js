// What one may say of all counters after the window of a spike; "" is null in the API.

export const CHOICES = [
  { id: "", label: "Continue, unless the spike sets its own start" },
  { id: "continue", label: "All continue from the spike’s last value" },
  { id: "resume", label: "All return to their value before the spike" },
];

/** The words for what a schedule says. */
export const formatCountersChoice = (after) => CHOICES.find(({ id }) => id === (after ?? ""))?.label ?? after;
