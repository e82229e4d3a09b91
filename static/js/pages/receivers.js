import { receiverDialog } from "../components/rehearsals/receiver-dialog.js";
import { receiverList } from "../components/rehearsals/receiver-list.js";
import { start } from "../lib/start.js";

start({ receiverList, receiverDialog });
