import { grafana as quoted } from "./quote.js";
import { getSeries, getUrl, slug } from "./target.js";

function dataSource(target) {
  const name = `Spikecast ${target.collection.id} ${target.type}`;
  return `  # below "apiVersion: 1" and "datasources:"
  - name: ${quoted(name)}
    uid: ${slug(target)}
    type: yesoreyeram-infinity-datasource
    jsonData:
      auth_method: apiKey
      apiKeyKey: X-API-Key
      apiKeyType: header
      allowedHosts:
        - ${quoted(target.origin)}
    secureJsonData:
      apiKeyValue: ${quoted(target.key)}
`;
}

/** Build a panel's query, and the spikes as annotations, for a collection that Prometheus scrapes. */
function prometheusBlocks(target) {
  const series = getSeries(target);
  if (!series) return [];
  const isCounter = series.metric_type === "counter";
  return [
    {
      title: "Panel query",
      where: "With your Prometheus data source, once it scrapes the collection.",
      text: isCounter ? `rate(${series.selector}[$__rate_interval])` : series.selector,
    },
    {
      title: "Spikes as annotations",
      where:
        "In the dashboard's settings, Annotations, New query, with the Prometheus data source. Set Step to the scrape " +
        "interval (60s), Title to {{name}} and Text to: schedule {{schedule}}. A spike is then shaded in every panel.",
      text: `spikecast_spike_end_timestamp_seconds{collection_id="${target.collection.id}"}`,
    },
  ];
}

const infinityBlocks = (target) => [
  {
    title: "Without Prometheus: Infinity data source",
    where:
      "For a .yaml file in Grafana's provisioning/datasources folder, below the lines “apiVersion: 1” and " +
      "“datasources:”, which the file has once; or enter the same under Connections. One data source does for all " +
      "that its key reads.",
    text: dataSource(target),
  },
  {
    title: "Infinity: address",
    where: "For a panel's query: Type JSON, Source URL, Method GET.",
    text: getUrl(target),
  },
  {
    title: "Infinity: Rows/Root",
    where:
      "With the parser JSONata (Backend). Without columns, each field becomes a column; the format “Time series” adds the time.",
    text: "data",
  },
  {
    title: "Infinity: UQL",
    where: "Instead of Rows/Root, with the parser UQL.",
    text: 'parse-json\n| scope "data"',
  },
];

export const grafana = (target) => ({
  notes: [
    "Prefer Prometheus in between: Grafana then reads what was scraped. With Infinity, every refresh of a dashboard is " +
      "a poll and advances the counters by one step. With Prometheus, import deploy/grafana/spikecast.json of " +
      "Spikecast's source: one dashboard for all collections, with their spikes.",
  ],
  blocks: [...prometheusBlocks(target), ...infinityBlocks(target)],
});
