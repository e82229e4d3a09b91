// The tools there are snippets for, in the order of the tabs.

import { curl } from "./curl.js";
import { grafana } from "./grafana.js";
import { powershell } from "./powershell.js";
import { prometheus } from "./prometheus.js";
import { python } from "./python.js";
import { sciencelogic } from "./sciencelogic.js";
import { telegraf } from "./telegraf.js";
import { zabbix } from "./zabbix.js";

/** Each `make(target)` gives `{notes, blocks: [{title, where, text}]}`. */
export const TOOLS = [
  { id: "curl", name: "curl", make: curl },
  { id: "python", name: "Python", make: python },
  { id: "powershell", name: "PowerShell", make: powershell },
  { id: "prometheus", name: "Prometheus", make: prometheus },
  { id: "telegraf", name: "Telegraf", make: telegraf },
  { id: "zabbix", name: "Zabbix", make: zabbix },
  { id: "sciencelogic", name: "ScienceLogic", make: sciencelogic },
  { id: "grafana", name: "Grafana", make: grafana },
];
