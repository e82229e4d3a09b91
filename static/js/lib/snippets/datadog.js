import { yaml } from "./quote.js";
import { getUrl } from "./target.js";

const instance = (target) => `  # below "instances:"
  - openmetrics_endpoint: ${yaml(getUrl(target))}
    namespace: spikecast
    raw_metric_prefix: spikecast_
    metrics: [".+"]
    min_collection_interval: 60
    extra_headers:
      X-API-Key: ${yaml(target.key)}
    tags:
      - ${yaml("collection:" + target.collection.name)}
      - ${yaml("type:" + target.type.toLowerCase())}
`;

export const datadog = (target) => ({
  notes: [
    "Write extra_headers, not headers: the latter replaces the check's own Accept header, and it would get JSON, which " +
      "it cannot read.",
  ],
  blocks: [
    {
      title: "OpenMetrics check",
      where:
        "For conf.d/openmetrics.d/conf.yaml of the Agent, below the lines “init_config:” and “instances:”, which the " +
        "file has once. Metrics are called spikecast.engine_celsius; of a counter, .count is what was added since the last check.",
      text: instance(target),
    },
  ],
});
