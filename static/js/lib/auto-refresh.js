// Reloading data regularly while the page is visible.

const INTERVAL_MS = 30_000;

export const REFRESH_EVENT = "look-again";

/** Make the page reload its data now, because it is known to be out of date. */
export const requestRefresh = () => document.dispatchEvent(new Event(REFRESH_EVENT));

/**
 * Call `again` every 30 seconds while the page is visible, and when it becomes visible; return a function that
 * stops it.
 */
export function startAutoRefresh(again) {
  const whileSeen = () => {
    if (document.visibilityState === "visible" && !document.querySelector("dialog[open]")) again();
  };
  const timer = setInterval(whileSeen, INTERVAL_MS);
  document.addEventListener("visibilitychange", whileSeen);
  document.addEventListener(REFRESH_EVENT, again);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", whileSeen);
    document.removeEventListener(REFRESH_EVENT, again);
  };
}
