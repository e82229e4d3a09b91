import { yaml } from "../snippets/quote.js";

const receiver = ({ url, token }) => `  # below "receivers:"
  - name: spikecast
    webhook_configs:
      - url: ${yaml(url)}
        send_resolved: true
        http_config:
          authorization:
            credentials: ${yaml(token)}
`;

const ROUTE = `  # below "routes:" of the top route, as its first entry
    - receiver: spikecast
      continue: true
`;

export const alertmanager = (target) => ({
  notes: [
    "The route keeps your group_wait and group_interval, so alerts arrive here with the delay that your team has, too.",
  ],
  blocks: [
    {
      title: "Receiver",
      where: "For alertmanager.yml, below the line “receivers:”. Mimir and vmalert send through Alertmanager too.",
      text: receiver(target),
    },
    {
      title: "Route",
      where: "For the same file, before all other routes: “continue” hands each alert on to them.",
      text: ROUTE,
    },
  ],
});
