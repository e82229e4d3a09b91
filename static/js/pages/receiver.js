import { receiverDialog } from "../components/rehearsals/receiver-dialog.js";
import { receiverPage } from "../components/rehearsals/receiver-page.js";
import { start } from "../lib/start.js";

start({ receiverPage, receiverDialog });
