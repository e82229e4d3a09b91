import { spikeForm } from "../components/spike-form.js";
import { start } from "../lib/start.js";

// How a collection is chosen is only loaded where one has to be.
const none = () => ({});
const isChosen = document.getElementById("collection-choices") === null;
const choice = isChosen ? none : (await import("../components/collection-choice.js")).collectionChoice;

start({ spikeForm: spikeForm(choice) });
