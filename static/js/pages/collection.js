import { collectionDialog } from "../components/collection-dialog.js";
import { collectionPage } from "../components/collection-page.js";
import { fieldDialog } from "../components/field-dialog.js";
import { menu } from "../components/menu.js";
import { start } from "../lib/start.js";

start({ collectionPage, collectionDialog, fieldDialog, menu });
