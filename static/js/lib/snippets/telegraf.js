import { toml } from "./quote.js";
import { getUrl, slug, urlOfFormat } from "./target.js";

const tags = (plugin, { collection, type }) => `
  [inputs.${plugin}.tags]
    collection = ${toml(collection.name)}
    collection_type = ${toml(type)}
`;

const scraping = (target) => `[[inputs.prometheus]]
  urls = [${toml(getUrl(target))}]
  bearer_token_string = ${toml(target.key)}
  metric_version = 2
  interval = "60s"
${tags("prometheus", target)}`;

// A measurement of its own for each collection and type: in a common one a text and a number of one name would
// exclude each other.
const lines = (target) => `[[inputs.http]]
  urls = [${toml(urlOfFormat(target, "influx"))}]
  timeout = "10s"
  interval = "60s"
  name_override = ${toml(slug(target))}
  data_format = "influx"

  [inputs.http.headers]
    X-API-Key = ${toml(target.key)}
${tags("http", target)}`;

const WHERE = "For the end of telegraf.conf, once per collection and type, or for a file in /etc/telegraf/telegraf.d/.";

export const telegraf = (target) => ({
  notes: ["Choose one of the two: each is a poll and advances the counters by one step."],
  blocks: [
    { title: "inputs.prometheus", where: `${WHERE} Fields have the names of their series.`, text: scraping(target) },
    {
      title: "inputs.http",
      where: `${WHERE} Fields keep their own names, and texts stay texts.`,
      text: lines(target),
    },
  ],
});
