import { spikeForm } from "../components/spikes/form.js";
import { start } from "../lib/start.js";

// The combobox for the collection is loaded only if the collection is not given.
const none = () => ({});
const isChosen = document.getElementById("collection-choices") === null;
const choice = isChosen ? none : (await import("../components/collections/choice.js")).collectionChoice;

start({ spikeForm: spikeForm(choice) });
