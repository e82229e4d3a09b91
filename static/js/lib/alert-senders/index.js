// The tools that there is configuration for, so that they deliver their alerts to a receiver.

import { alertmanager } from "./alertmanager.js";
import { curl } from "./curl.js";
import { datadog } from "./datadog.js";
import { grafana } from "./grafana.js";
import { uptimeKuma } from "./uptime-kuma.js";
import { zabbix } from "./zabbix.js";

/** Stands where the token belongs, as long as the page has none. */
export const PLACEHOLDER = "YOUR_TOKEN";

/** Each `make({url, token, id})` gives `{notes, blocks: [{title, where, text}]}`. */
export const SENDERS = [
  { id: "alertmanager", name: "Alertmanager", make: alertmanager },
  { id: "grafana", name: "Grafana", make: grafana },
  { id: "datadog", name: "Datadog", make: datadog },
  { id: "zabbix", name: "Zabbix", make: zabbix },
  { id: "uptime-kuma", name: "Uptime Kuma", make: uptimeKuma },
  { id: "curl", name: "curl", make: curl },
];
