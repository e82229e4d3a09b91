// Looking again every now and then, while somebody looks at the page.

const INTERVAL_MS = 30_000;

const REFRESH_EVENT = "look-again";

/** Have the page look at once: it was seen to show what is no longer so. */
export const requestRefresh = () => document.dispatchEvent(new Event(REFRESH_EVENT));

/** Call `again` every half minute while the page is seen, and when it comes back; returns how to stop. */
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
