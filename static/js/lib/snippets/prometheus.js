import { exporterPath, exporterText, metricName, yaml } from "./quote.js";
import { isText, slug, urlById } from "./target.js";
import { getType } from "../value-types.js";

// Endings that mean something to Prometheus, which a gauge must not have.
const RESERVED = /_(total|created|bucket|sum|count|gsum|gcount|info)$/;

/** The name of the series as Prometheus stores it, with the suffix of its type. */
function seriesName(words, field) {
  const name = `spikecast_${words}`;
  const suffix = isText(field) ? "_info" : getType(field).direction > 0 ? "_total" : "";
  if (!suffix) return RESERVED.test(name) ? `${name}_value` : name;
  return name.endsWith(suffix) ? name : name + suffix;
}

/** A name for each field's series. Those that come out alike, suffixes included, get the ids of their fields. */
export function seriesNames(fields) {
  const words = fields.map((field) => metricName(field.field_name) || `field_${field.id}`);
  for (;;) {
    const names = fields.map((field, index) => seriesName(words[index], field));
    const alike = names.map((name) => names.indexOf(name) !== names.lastIndexOf(name));
    if (!alike.includes(true)) return names;
    // With its id a name may become that of another field, so look once more.
    for (const index of alike.keys()) if (alike[index]) words[index] += `_${fields[index].id}`;
  }
}

function getMetrics(fields) {
  const names = seriesNames(fields);
  return fields.map((field, index) => ({ field, path: exporterPath(field.field_name), name: names[index] }));
}

const numberMetric = ({ field, path, name }) => `      - name: ${name}
        help: ${yaml("Spikecast field " + field.field_name)}
        path: ${yaml(path)}
        valuetype: ${getType(field).direction > 0 ? "counter" : "gauge"}
        labels:
          field: ${yaml(exporterText(field.field_name))}
`;

// Prometheus keeps numbers only: a text becomes the label of a metric that is always 1. json_exporter puts the
// name of the value, "info", behind the name of the metric.
const textMetric = ({ field, path, name }) => `      - name: ${name.replace(/_info$/, "")}
        type: object
        help: ${yaml("Spikecast field " + field.field_name)}
        path: "{ .data }"
        valuetype: gauge
        labels:
          field: ${yaml(exporterText(field.field_name))}
          value: ${yaml(path.replace(".data.", "."))}
        values:
          info: "1"
`;

const exporterConfig = (target, metrics) => `  # below "modules:"
  ${slug(target)}:
    headers:
      X-API-Key: ${yaml(target.key)}
    metrics:
${metrics.map((metric) => (isText(metric.field) ? textMetric : numberMetric)(metric)).join("")}`;

const scrapeConfig = (target) => `  # below "scrape_configs:"
  - job_name: ${slug(target)}
    scrape_interval: 60s
    metrics_path: /probe
    params:
      module: [${slug(target)}]
      target: [${yaml(urlById(target))}]
    static_configs:
      - targets: ["127.0.0.1:7979"] # where json_exporter listens
        labels:
          collection: ${yaml(target.collection.name)}
          collection_type: ${target.type}
`;

const nativeConfig = (target) => {
  const { protocol, host, pathname } = new URL(urlById(target));
  return `  # below "scrape_configs:"
  - job_name: ${slug(target)}_native
    scrape_interval: 60s
    scheme: ${protocol.slice(0, -1)}
    metrics_path: ${yaml(pathname)}
    authorization:
      type: Bearer
      credentials: ${yaml(target.key)}
    static_configs:
      - targets: [${yaml(host)}]
        labels:
          collection: ${yaml(target.collection.name)}
          collection_type: ${target.type}
`;
};

export function prometheus(target) {
  const metrics = getMetrics(target.fields);
  const left = metrics.filter(({ path }) => path === null).map(({ field }) => `“${field.field_name}”`);
  const notes = [
    "The simple way is the last block: Prometheus scrapes Spikecast directly. The first two blocks do it by " +
      "json_exporter, with the name of the field as a label. All addresses are by id, because json_exporter and " +
      "Prometheus would encode an encoded name again.",
  ];
  if (left.length) {
    notes.push(`Omitted: ${left.join(", ")}. json_exporter does not support backslashes in field names.`);
  }
  return {
    notes,
    blocks: [
      {
        title: "json_exporter",
        where:
          "For json_exporter's config.yml, below the line “modules:”, which the file has once, and beside the modules " +
          "of other collections; in a new file write that line first. Start it with --config.file=config.yml.",
        text: exporterConfig(
          target,
          metrics.filter(({ path }) => path !== null),
        ),
      },
      {
        title: "Prometheus",
        where:
          "For prometheus.yml, below the line “scrape_configs:”, which the file has once, and beside the jobs that are " +
          "there; instead of a job of the same name.",
        text: scrapeConfig(target),
      },
      {
        title: "Prometheus without json_exporter",
        where:
          "For prometheus.yml, below the line “scrape_configs:”, which the file has once, and beside the jobs that are " +
          "there; instead of the two blocks above.",
        text: nativeConfig(target),
      },
    ],
  };
}
