import { auditList } from "../components/audit/list.js";
import { start } from "../lib/start.js";

start({ auditList });
