import { extendMenu } from "../components/extend-menu.js";
import { spikeList } from "../components/spike-list.js";
import { timeline } from "../components/timeline.js";
import { start } from "../lib/start.js";

start({ spikeList, extendMenu, timeline });
