// Returning from a form to the page before it, where the saved spike is highlighted.

import { base, host } from "./base.js";

const STORAGE_KEY = "highlighted-spike";

// Pages that show spikes: the dashboard, the list, a collection's page.
const SPIKE_PAGES = /^\/(spikes|collections\/\d+)?$/;

/** Return the path of the previous page, without the base path, if it shows spikes; else "". */
export function getReturnPath(referrer = document.referrer, { origin, below } = { origin: host(), below: base }) {
  if (!referrer.startsWith(`${origin}${below}/`)) return "";
  const { pathname, search } = new URL(referrer);
  const path = pathname.slice(below.length);
  return SPIKE_PAGES.test(path) ? path + search : "";
}

/** Highlight this spike on the next page. */
export function highlightOnNextPage({ id, start_datetime: start, collection_id: collection }) {
  sessionStorage.setItem(STORAGE_KEY, JSON.stringify({ id, start, collection, at: Date.now() }));
}
