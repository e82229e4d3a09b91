import { exporterPath, exporterText, metricName, yaml } from "./quote.js";
import { isText, slug, urlById } from "./target.js";

/** A name for each field's metric; fields whose names come out alike get their id as well. */
function metricsOf(fields) {
  const bare = fields.map((field) => metricName(field.field_name) || `field_${field.id}`);
  return fields.map((field, index) => {
    const alone = bare.indexOf(bare[index]) === bare.lastIndexOf(bare[index]);
    return {
      field,
      path: exporterPath(field.field_name),
      name: `spikecast_${bare[index]}` + (alone ? "" : `_${field.id}`),
    };
  });
}

const numberMetric = ({ field, path, name }) => `      - name: ${name}
        help: ${yaml("Spikecast field " + field.field_name)}
        path: ${yaml(path)}
        valuetype: ${field.value_type === "INCREMENT" ? "counter" : "gauge"}
        labels:
          field: ${yaml(exporterText(field.field_name))}
`;

// Prometheus keeps numbers only: a text becomes the label of a metric that is always 1.
const textMetric = ({ field, path, name }) => `      - name: ${name}
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

const exporterConfig = (target, metrics) => `modules:
  ${slug(target)}:
    headers:
      X-API-Key: ${yaml(target.key)}
    metrics:
${metrics.map((metric) => (isText(metric.field) ? textMetric : numberMetric)(metric)).join("")}`;

const scrapeConfig = (target) => `scrape_configs:
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

export function prometheus(target) {
  const metrics = metricsOf(target.fields);
  const left = metrics.filter(({ path }) => path === null).map(({ field }) => `“${field.field_name}”`);
  const notes = [
    "Prometheus reads no JSON: json_exporter (from the Prometheus community) polls Spikecast and hands it on. " +
      "The address is the one by id, because an encoded name would be encoded once more on the way.",
  ];
  if (left.length) {
    notes.push(`Left out: ${left.join(", ")}. json_exporter cannot name a field with a backslash.`);
  }
  return {
    notes,
    blocks: [
      {
        title: "json_exporter",
        where: "Into json_exporter's config.yml; start it with --config.file=config.yml.",
        text: exporterConfig(
          target,
          metrics.filter(({ path }) => path !== null),
        ),
      },
      {
        title: "Prometheus",
        where: "Into prometheus.yml, under scrape_configs.",
        text: scrapeConfig(target),
      },
    ],
  };
}
