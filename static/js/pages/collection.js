import { collectionDialog } from "../components/collections/dialog.js";
import { collectionPage } from "../components/collections/page.js";
import { fieldDialog } from "../components/collections/field-dialog.js";
import { start } from "../lib/start.js";

start({ collectionPage, collectionDialog, fieldDialog });
