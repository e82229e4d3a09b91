import { spikeForm } from "../components/spike-form.js";
import { start } from "../lib/start.js";

start({ spikeForm });
