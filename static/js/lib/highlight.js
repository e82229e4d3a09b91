// Highlighting the spike that was just saved on another page (see return-path.js).

const STORAGE_KEY = "highlighted-spike";
const MAX_AGE_MS = 60_000;
const NONE = { id: 0 };

let found = null;

/** Return the spike to highlight: `{id, start, collection}`; its id is 0 if there is none. */
export function getHighlight() {
  found ??= takeFromStorage();
  return found;
}

function takeFromStorage() {
  const stored = JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? "null");
  sessionStorage.removeItem(STORAGE_KEY);
  return stored && Date.now() - stored.at < MAX_AGE_MS ? stored : NONE;
}

let isShown = false;

/** Scroll to the highlighted spike, once; call this after drawing something that may contain it. */
export function scrollToHighlight() {
  if (isShown || !getHighlight().id) return;
  requestAnimationFrame(() => {
    const all = [...document.querySelectorAll(".is-highlighted")].filter((each) => each.getClientRects().length);
    if (!all.length || isShown) return;
    isShown = true;
    const isSeen = (each) => {
      const { top, bottom } = each.getBoundingClientRect();
      return top >= 0 && bottom <= window.innerHeight;
    };
    if (!all.some(isSeen)) all[0].scrollIntoView({ block: "center" });
  });
}
