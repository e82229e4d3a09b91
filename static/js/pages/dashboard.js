import { collectionDialog } from "../components/collections/dialog.js";
import { dashboard } from "../components/dashboard/dashboard.js";
import { extendMenu } from "../components/spikes/extend-menu.js";
import { recentPolls } from "../components/dashboard/recent-polls.js";
import { timeline } from "../components/spikes/timeline.js";
import { start } from "../lib/start.js";

start({ dashboard, recentPolls, extendMenu, timeline, collectionDialog });
