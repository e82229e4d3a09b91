import { integrations } from "../components/integrations.js";
import { start } from "../lib/start.js";

start({ integrations });
