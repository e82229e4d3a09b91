// Building components from mixins.

/**
 * Merge mixins into one component. Getters stay getters; a spread would evaluate them once.
 */
export function mix(...sources) {
  const target = {};
  for (const source of sources) Object.defineProperties(target, Object.getOwnPropertyDescriptors(source));
  return target;
}
