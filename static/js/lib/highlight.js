// What was just saved elsewhere is marked here: return-path.js says what.

const STORAGE_KEY = "marked";
const MAX_AGE_MS = 60_000;
const NONE = { id: 0 };

let found = null;

/** What this page is to mark: `{id, start, collection}`; the id is 0 where there is nothing. */
export function getHighlight() {
  found ??= takeFromStorage();
  return found;
}

function takeFromStorage() {
  const kept = JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? "null");
  sessionStorage.removeItem(STORAGE_KEY);
  return kept && Date.now() - kept.at < MAX_AGE_MS ? kept : NONE;
}

let isShown = false;

/** Bring what is marked into sight, once; to be called when something was drawn that may hold it. */
export function scrollToHighlight() {
  if (isShown || !getHighlight().id) return;
  requestAnimationFrame(() => {
    const all = [...document.querySelectorAll(".is-marked")].filter((each) => each.getClientRects().length);
    if (!all.length || isShown) return;
    isShown = true;
    const isSeen = (each) => {
      const { top, bottom } = each.getBoundingClientRect();
      return top >= 0 && bottom <= window.innerHeight;
    };
    if (!all.some(isSeen)) all[0].scrollIntoView({ block: "center" });
  });
}
