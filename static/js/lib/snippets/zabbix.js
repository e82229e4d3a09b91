import { zabbixPath } from "./quote.js";
import { getUrl } from "./target.js";

const TEMPLATES = "deploy/zabbix/spikecast.yaml";

const macros = (values) => values.map(([name, value]) => `{$SPIKECAST.${name}}  ${value}\n`).join("");

/** Return the blocks: the templates poll Performance only; for Configuration, the item is created by hand. */
const templateBlocks = ({ origin, collection, type, key }) =>
  type === "Performance"
    ? [
        {
          title: "All collections: macros",
          where:
            `Import ${TEMPLATES} of Spikecast's source (Zabbix 6.0 or later) and link “Spikecast collections by HTTP” ` +
            "to a host. Set these macros on the host, the key as secret text. It creates a host for each collection that the key can read.",
          text: macros([
            ["URL", origin],
            ["KEY", key],
          ]),
        },
        {
          title: "This collection only: macros",
          where: `From the same file, link “Spikecast by HTTP” to a host with these macros.`,
          text: macros([
            ["URL", origin],
            ["KEY", key],
            ["ID", collection.id],
          ]),
        },
      ]
    : [];

const item = (target) => `Type:                 HTTP agent
Key:                  spikecast.poll[${target.collection.id},${target.type.toLowerCase()}]
Type of information:  Text
URL:                  ${getUrl(target)}
Update interval:      1m
Headers:              X-API-Key: ${target.key}
`;

export const zabbix = (target) => ({
  notes: [
    "One HTTP agent item polls, and the other items depend on it: one request a minute. An HTTP item for each field " +
      "would poll as many times, and every poll advances the counters by one step.",
  ],
  blocks: [
    ...templateBlocks(target),
    {
      title: "By hand: HTTP agent item",
      where: "For a host or a template: Items, Create item.",
      text: item(target),
    },
    {
      title: "By hand: the JSONPath of each field",
      where: "For dependent items of the item above: Preprocessing, JSONPath. One item for each line.",
      text: target.fields.map((field) => `${zabbixPath(field.field_name)}\n`).join(""),
    },
  ],
});
