import { yaml } from "./quote.js";
import { scrapeBlocks } from "./scrape.js";
import { getSeries, slug } from "./target.js";
import { getType } from "../value-types.js";

/** Return the condition and summary of an alert on the chosen field; null for a text, or without bounds. */
function getAlert({ field }, { selector, metric_type, lowest, highest }) {
  if (metric_type === "counter") {
    return {
      expr: `rate(${selector}[5m]) > 2 * rate(${selector}[5m] offset 1h)`,
      words: "rises {{ $value }} per second, more than twice as fast as an hour ago",
    };
  }
  if (getType(field).value_kind === "timestamp") {
    return { expr: `time() - ${selector} > 120`, words: "is {{ $value }} seconds old" };
  }
  if (lowest === null) return null;
  const isConstant = String(lowest) === String(highest);
  return isConstant
    ? { expr: `${selector} != ${lowest}`, words: `is {{ $value }}, normally ${lowest}` }
    : {
        expr: `${selector} > ${highest} or ${selector} < ${lowest}`,
        words: `is {{ $value }}, normally ${lowest} to ${highest}`,
      };
}

/** Build the blocks of the alert rule that fires while a value is outside the range of the collection's rule. */
function alertBlocks(target) {
  const series = getSeries(target);
  const alert = series && getAlert(target, series);
  if (!alert) return [];
  const [metric] = series.series.split("{");
  const text = `  # below "groups:"
  - name: ${slug(target)}_${target.field.id}
    rules:
      - alert: SpikecastUnusual
        expr: ${yaml(alert.expr)}
        for: 1m
        labels:
          severity: warning
        annotations:
          summary: ${yaml("{{ $labels.instance }}: " + metric + " " + alert.words)}
`;
  const where =
    "For a file that “rule_files:” lists, below the line “groups:”. A rule for the first five minutes, from the " +
    "field's own rule: then rehearse yours.";
  return [{ title: "Alert rule for the field", where, text }];
}

export const prometheus = (target) => ({
  notes: [
    "Every scrape is a poll and advances the counters by one step, so let only one Prometheus scrape a collection " +
      "whose counters you graph. Names of series are on the collection's page.",
  ],
  blocks: [
    ...scrapeBlocks(target, {
      keyFile: "/etc/prometheus/spikecast.key",
      group: "prometheus",
      configFile: "prometheus.yml",
    }),
    ...alertBlocks(target),
  ],
});
