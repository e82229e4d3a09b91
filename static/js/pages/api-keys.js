import { keyDialog } from "../components/key-dialog.js";
import { keyList } from "../components/key-list.js";
import { start } from "../lib/start.js";

start({ keyList, keyDialog });
