import { grafana as quoted } from "./quote.js";
import { urlOf } from "./target.js";

const dataSource = (target) => `apiVersion: 1
datasources:
  - name: Spikecast
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

export const grafana = (target) => ({
  notes: [
    "With the Infinity data source. Every refresh of a dashboard is a poll and moves the counters a step.",
  ],
  blocks: [
    {
      title: "Data source",
      where: "Into a file in Grafana's provisioning/datasources folder; or enter the same under Connections.",
      text: dataSource(target),
    },
    {
      title: "Address",
      where: "Into a panel's query: Type JSON, Source URL, Method GET.",
      text: urlOf(target),
    },
    {
      title: "Rows/Root",
      where:
        "With the parser JSONata (Backend). Without columns every field becomes one; Format “Time series” adds the time.",
      text: "data",
    },
    { title: "UQL", where: "Instead of Rows/Root, with the parser UQL.", text: 'parse-json\n| scope "data"' },
  ],
});
