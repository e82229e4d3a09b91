// From a form back to where one came from, with what was saved there marked.

import { base, host } from "./base.js";

const STORAGE_KEY = "marked";

// The pages that show spikes: the dashboard, the list, a collection's page.
const SPIKE_PAGES = /^\/(spikes|collections\/\d+)?$/;

/** The page that led here, as an address without the base path, where it is one that shows spikes; else "". */
export function getReturnPath(referrer = document.referrer, { origin, below } = { origin: host(), below: base }) {
  if (!referrer.startsWith(`${origin}${below}/`)) return "";
  const { pathname, search } = new URL(referrer);
  const path = pathname.slice(below.length);
  return SPIKE_PAGES.test(path) ? path + search : "";
}

/** Let the page that is opened next mark this spike. */
export function highlightOnNextPage({ id, start_datetime: start, collection_id: collection }) {
  sessionStorage.setItem(STORAGE_KEY, JSON.stringify({ id, start, collection, at: Date.now() }));
}
