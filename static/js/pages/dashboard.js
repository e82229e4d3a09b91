import { collectionDialog } from "../components/collection-dialog.js";
import { dashboard } from "../components/dashboard.js";
import { extendMenu } from "../components/extend-menu.js";
import { recentPolls } from "../components/recent-polls.js";
import { timeline } from "../components/timeline.js";
import { start } from "../lib/start.js";

start({ dashboard, recentPolls, extendMenu, timeline, collectionDialog });
