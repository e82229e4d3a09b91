import { userDialog } from "../components/user-dialog.js";
import { userList } from "../components/user-list.js";
import { userRemoval } from "../components/user-removal.js";
import { start } from "../lib/start.js";

start({ userList, userDialog, userRemoval });
