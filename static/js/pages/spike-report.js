import { menu } from "../components/layout/menu.js";
import { extendMenu } from "../components/spikes/extend-menu.js";
import { spikeReport } from "../components/spikes/report.js";
import { start } from "../lib/start.js";

start({ spikeReport, extendMenu, menu });
