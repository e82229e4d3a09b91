import { userDialog } from "../components/users/dialog.js";
import { userList } from "../components/users/list.js";
import { userRemoval } from "../components/users/removal.js";
import { start } from "../lib/start.js";

start({ userList, userDialog, userRemoval });
