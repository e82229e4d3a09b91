// Components are put together of parts.

/**
 * Copy a mixin into a component with its getters alive; a spread would read them once.
 */
export function mix(...sources) {
  const target = {};
  for (const source of sources) Object.defineProperties(target, Object.getOwnPropertyDescriptors(source));
  return target;
}
