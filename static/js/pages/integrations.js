import { integrations } from "../components/integrations/integrations.js";
import { start } from "../lib/start.js";

start({ integrations });
