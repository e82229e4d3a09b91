// "Loading…" is only shown if loading takes long enough to be noticed.

const SLOW_AFTER_MS = 300;

/** Set `component.isSlow` while `loading` (a promise) takes longer than a moment; return what it resolves to. */
export async function showIfSlow(component, loading) {
  const timer = setTimeout(() => {
    component.isSlow = true;
  }, SLOW_AFTER_MS);
  try {
    return await loading;
  } finally {
    clearTimeout(timer);
    component.isSlow = false;
  }
}
