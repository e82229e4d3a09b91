// Looking again every now and then, while somebody looks at the page.

const EVERY = 30_000;

/** Call `again` every half minute while the page is seen, and when it comes back; returns how to stop. */
export function refreshing(again) {
  const whileSeen = () => {
    if (document.visibilityState === "visible" && !document.querySelector("dialog[open]")) again();
  };
  const timer = setInterval(whileSeen, EVERY);
  document.addEventListener("visibilitychange", whileSeen);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", whileSeen);
  };
}
