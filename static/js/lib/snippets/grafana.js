import { grafana as quoted } from "./quote.js";
import { getUrl, slug } from "./target.js";

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

export const grafana = (target) => ({
  notes: [
    "Needs the Infinity data source. Every refresh of a dashboard is a poll and advances the counters by one step.",
  ],
  blocks: [
    {
      title: "Data source",
      where:
        "For a .yaml file in Grafana's provisioning/datasources folder, below the lines “apiVersion: 1” and " +
        "“datasources:”, which the file has once; or enter the same under Connections. One data source does for all " +
        "that its key reads.",
      text: dataSource(target),
    },
    {
      title: "Address",
      where: "For a panel's query: Type JSON, Source URL, Method GET.",
      text: getUrl(target),
    },
    {
      title: "Rows/Root",
      where:
        "With the parser JSONata (Backend). Without columns, each field becomes a column; the format “Time series” adds the time.",
      text: "data",
    },
    { title: "UQL", where: "Instead of Rows/Root, with the parser UQL.", text: 'parse-json\n| scope "data"' },
  ],
});
