// What was just saved elsewhere is marked here: came-from.js says what.

const KEPT = "marked";
const MOMENT = 60_000;
const NOTHING = { id: 0 };

let found = null;

/** What this page is to mark: `{id, start, collection}`; the id is 0 where there is nothing. */
export function marked() {
  found ??= taken();
  return found;
}

function taken() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  sessionStorage.removeItem(KEPT);
  return kept && Date.now() - kept.at < MOMENT ? kept : NOTHING;
}

let isShown = false;

/** Bring what is marked into sight, once; to be called when something was drawn that may hold it. */
export function showMarked() {
  if (isShown || !marked().id) return;
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
