// The number of active spikes in the bar at the top, kept up to date by the pages that know it.

/** Tell the bar. */
export function showActive(amount) {
  document.dispatchEvent(new CustomEvent("active-spikes", { detail: amount }));
}
