// Labels as people type them: "severity=page, team="ops, night"". Pure.

const PART = /^\s*([^=,"]+?)\s*=\s*("(?:[^"\\]|\\.)*"|[^,]*?)\s*(?:,|$)/s;
const NEEDS_QUOTES = /^$|[,"]|^\s|\s$/;

/** Parse typed labels as `{labels, error}`: an object and "", or null and a message. */
export function parseLabels(text) {
  const labels = {};
  let rest = text;
  while (rest.trim()) {
    const [part, name, value] = PART.exec(rest) ?? [];
    if (part === undefined) return { labels: null, error: `“${rest.trim()}” is not a label. Use a format such as severity=page.` };
    if (Object.hasOwn(labels, name)) return { labels: null, error: `“${name}” appears twice.` };
    define(labels, name, value.startsWith('"') && value.length > 1 ? value.slice(1, -1).replace(/\\(["\\])/g, "$1") : value);
    rest = rest.slice(part.length);
  }
  return { labels, error: "" };
}

// Not an assignment, which would not set "__proto__".
const define = (labels, name, value) =>
  Object.defineProperty(labels, name, { value, enumerable: true, writable: true, configurable: true });

/** Format labels as they are typed. */
export const formatLabels = (labels) =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${NEEDS_QUOTES.test(value) ? quote(value) : value}`)
    .join(", ");

const quote = (value) => `"${value.replace(/["\\]/g, "\\$&")}"`;
