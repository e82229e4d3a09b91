// From a form back to where one came from, with what was saved there marked.

const KEPT = "marked";
const MOMENT = 60_000;
const NOTHING = { id: 0 };

// The pages that show spikes: the dashboard, the list, a collection's page.
const PLACES = /^\/(spikes|collections\/\d+)?$/;

const base = () => document.documentElement.dataset.base ?? "";

/** The page that led here, as an address without the base path, where it is one that shows spikes; else "". */
export function cameFrom(referrer = document.referrer, { origin, below } = { origin: location.origin, below: base() }) {
  if (!referrer.startsWith(`${origin}${below}/`)) return "";
  const { pathname, search } = new URL(referrer);
  const path = pathname.slice(below.length);
  return PLACES.test(path) ? path + search : "";
}

/** Let the page that is opened next mark this spike. */
export function markOnNextPage({ id, start_datetime: start, collection_id: collection }) {
  sessionStorage.setItem(KEPT, JSON.stringify({ id, start, collection, at: Date.now() }));
}

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
