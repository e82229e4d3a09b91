// What one may say of all counters after the window of a spike; "" is null in the API.

export const CHOICES = [
  { id: "", label: "Continue, but not from a start of the spike’s own" },
  { id: "continue", label: "All continue where the spike’s counters stood" },
  { id: "resume", label: "All go back to where they stood before" },
];

/** The words for what a schedule says. */
export const formatCountersChoice = (after) => CHOICES.find(({ id }) => id === (after ?? ""))?.label ?? after;
