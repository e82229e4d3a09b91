// The tools there are snippets for, in the order of the tabs: first those that read Spikecast as it is.

import { collectd } from "./collectd.js";
import { curl } from "./curl.js";
import { datadog } from "./datadog.js";
import { grafana } from "./grafana.js";
import { nagios } from "./nagios.js";
import { powershell } from "./powershell.js";
import { prometheus } from "./prometheus.js";
import { python } from "./python.js";
import { sciencelogic } from "./sciencelogic.js";
import { telegraf } from "./telegraf.js";
import { victoriametrics } from "./victoriametrics.js";
import { zabbix } from "./zabbix.js";

/** Each `make(target)` gives `{notes, blocks: [{title, where, text}]}`. */
export const TOOLS = [
  { id: "prometheus", name: "Prometheus", make: prometheus },
  { id: "victoriametrics", name: "VictoriaMetrics", make: victoriametrics },
  { id: "telegraf", name: "Telegraf", make: telegraf },
  { id: "datadog", name: "Datadog", make: datadog },
  { id: "grafana", name: "Grafana", make: grafana },
  { id: "zabbix", name: "Zabbix", make: zabbix },
  { id: "collectd", name: "collectd", make: collectd },
  { id: "nagios", name: "Nagios", make: nagios },
  { id: "sciencelogic", name: "ScienceLogic", make: sciencelogic },
  { id: "curl", name: "curl", make: curl },
  { id: "python", name: "Python", make: python },
  { id: "powershell", name: "PowerShell", make: powershell },
];
