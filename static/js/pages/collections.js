import { collectionDialog } from "../components/collection-dialog.js";
import { collectionList } from "../components/collection-list.js";
import { start } from "../lib/start.js";

start({ collectionList, collectionDialog });
