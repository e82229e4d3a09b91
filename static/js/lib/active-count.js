// The number of active spikes in the top bar, updated by pages that load spikes.

/** Update the number in the top bar. */
export function showActive(amount) {
  document.dispatchEvent(new CustomEvent("active-spikes", { detail: amount }));
}
