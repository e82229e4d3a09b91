// Scrape jobs as Prometheus, VictoriaMetrics and vmagent read them.

import { shell, yaml } from "./quote.js";
import { slug, urlById } from "./target.js";

// http_sd sends the bare key, without "Bearer", unless the type is written.
const authorization = (keyFile, indent) => `${indent}authorization:
${indent}  type: Bearer
${indent}  credentials_file: ${keyFile}
`;

/** Build a job that discovers every collection that the key can read. */
function discoveryJob({ origin, type }, keyFile) {
  const query = type === "Performance" ? "" : `?type=${type.toLowerCase()}`;
  return `  # below "scrape_configs:"
  - job_name: spikecast${query && "_" + type.toLowerCase()}
    scrape_interval: 60s
${authorization(keyFile, "    ")}    http_sd_configs:
      - url: ${yaml(origin + "/api/prometheus/targets" + query)}
${authorization(keyFile, "        ")}`;
}

/** Build a job for one collection, with the labels of discovery. It polls by id: encoded names would be encoded again. */
function staticJob(target, keyFile) {
  const { protocol, host, pathname } = new URL(urlById(target));
  return `  # below "scrape_configs:"
  - job_name: ${slug(target)}
    scrape_interval: 60s
    scheme: ${protocol.slice(0, -1)}
    metrics_path: ${yaml(pathname)}
${authorization(keyFile, "    ")}    static_configs:
      - targets: [${yaml(host)}]
        labels:
          instance: ${yaml(target.collection.name)}
          collection_id: ${yaml(String(target.collection.id))}
          type: ${target.type.toLowerCase()}
`;
}

/** Build the blocks of a tool that scrapes: its key file, discovery, and a single collection. */
export const scrapeBlocks = (target, { keyFile, group, configFile }) => [
  {
    title: "Key file",
    where: "For a shell on the server that scrapes, once. The configuration names this file, not the key.",
    text: `printf %s ${shell(target.key)} | sudo install -m 640 -g ${group} /dev/stdin ${keyFile}`,
  },
  {
    title: "All collections",
    where:
      `For ${configFile}, below the line “scrape_configs:”, which the file has once. Finds every collection that the ` +
      `key can read and that has ${target.type} fields, also those that are created later.`,
    text: discoveryJob(target, keyFile),
  },
  {
    title: "This collection only",
    where: `Instead of the job above: for ${configFile}, below the line “scrape_configs:”.`,
    text: staticJob(target, keyFile),
  },
];
