import { spikeForm } from "../components/spikes/form.js";
import { start } from "../lib/start.js";

const isChosen = document.getElementById("collection-choices") === null;

/** Load what chooses the collection, if it is not given. */
async function loadChoosing() {
  const [{ collectionChoice }, { spikeChoosing }] = await Promise.all([
    import("../components/collections/choice.js"),
    import("../components/spikes/choosing.js"),
  ]);
  return [collectionChoice, spikeChoosing];
}

start({ spikeForm: spikeForm(isChosen ? [] : await loadChoosing()) });
