import { extendMenu } from "../components/spikes/extend-menu.js";
import { spikeList } from "../components/spikes/list.js";
import { timeline } from "../components/spikes/timeline.js";
import { start } from "../lib/start.js";

start({ spikeList, extendMenu, timeline });
