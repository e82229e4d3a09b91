// Calling a function once the user has stopped typing.

/** Milliseconds without a further key after which a search is sent. */
export const SEARCH_DEBOUNCE_MS = 250;

/** Return a method that runs `action` once, `delayMs` after its last call; its `cancel()` drops a pending run. */
export function debounce(action, delayMs = SEARCH_DEBOUNCE_MS) {
  let timer = null;
  function debounced(...values) {
    clearTimeout(timer);
    timer = setTimeout(() => action.apply(this, values), delayMs);
  }
  debounced.cancel = () => clearTimeout(timer);
  return debounced;
}
