// The choices for all counters after the end of a spike; "" is null in the API.

export const CHOICES = [
  { id: "", label: "Continue, unless the spike sets its own start" },
  { id: "continue", label: "All continue from the spike’s last value" },
  { id: "resume", label: "All return to their value before the spike" },
];

/** Return the label of a spike's choice. */
export const formatCountersChoice = (after) => CHOICES.find(({ id }) => id === (after ?? ""))?.label ?? after;
