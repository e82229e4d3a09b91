// The errors of what a spike expects, by input. Pure.

const OF_SETTING = { within: "within", resolve_within: "resolves", counts_from: "within", at_most: "times", kind: "kind" };

/** Return the key of the input for a path in the server's errors, such as `rehearsal.expectations.0.within`; or "". */
export function getExpectKey(path) {
  const [, index, setting, label] = /^rehearsal\.expectations\.(\d+)(?:\.(\w+)(?:\.(.*))?)?$/s.exec(path) ?? [];
  if (index !== undefined) {
    if (setting === "match" && label !== "alertname") return `expect-${index}-labels`;
    return `expect-${index}-${OF_SETTING[setting] ?? "alert"}`;
  }
  if (/^rehearsal\.scope\b/.test(path)) return "expect-scope";
  return path.startsWith("rehearsal") ? "expect-receiver" : "";
}
