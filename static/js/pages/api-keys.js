import { keyDialog } from "../components/keys/dialog.js";
import { keyList } from "../components/keys/list.js";
import { start } from "../lib/start.js";

start({ keyList, keyDialog });
