// Looking again every now and then, while somebody looks at the page.

const EVERY = 30_000;

const LOOK_AGAIN = "look-again";

/** Have the page look at once: it was seen to show what is no longer so. */
export const lookAgain = () => document.dispatchEvent(new Event(LOOK_AGAIN));

/** Call `again` every half minute while the page is seen, and when it comes back; returns how to stop. */
export function refreshing(again) {
  const whileSeen = () => {
    if (document.visibilityState === "visible" && !document.querySelector("dialog[open]")) again();
  };
  const timer = setInterval(whileSeen, EVERY);
  document.addEventListener("visibilitychange", whileSeen);
  document.addEventListener(LOOK_AGAIN, again);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", whileSeen);
    document.removeEventListener(LOOK_AGAIN, again);
  };
}
