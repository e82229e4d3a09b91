import { collectionDialog } from "../components/collections/dialog.js";
import { collectionList } from "../components/collections/list.js";
import { start } from "../lib/start.js";

start({ collectionList, collectionDialog });
