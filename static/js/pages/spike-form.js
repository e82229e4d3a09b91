import { spikeForm } from "../components/spikes/form.js";
import { start } from "../lib/start.js";

// How a collection is chosen is only loaded where one has to be.
const none = () => ({});
const isChosen = document.getElementById("collection-choices") === null;
const choice = isChosen ? none : (await import("../components/collections/choice.js")).collectionChoice;

start({ spikeForm: spikeForm(choice) });
