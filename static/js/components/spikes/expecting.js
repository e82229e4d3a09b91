// Opening the section "Expect" of the spike form. Loaded when it is opened, or if the spike expects something.

import Alpine from "../../../vendor/alpine/module.esm.min.js";
import { get } from "../../lib/api.js";
import { withPrefix } from "../../lib/base.js";
import { spikeExpect } from "./expect.js";

/** Replace the folded section by its inputs; `isSaved` if the spike, or the one that it copies, expects something. */
export async function openExpect(form, isSaved) {
  await form.withBusy(async () => {
    await waitUntilReady(form);
    const [section, receivers, rehearsal] = await Promise.all([
      fetchSection(),
      get("/api/alert-receivers", { sort: "name", per_page: 200 }),
      loadRehearsal(form),
    ]);
    const folded = document.getElementById("spike-expect");
    if (folded.hasAttribute("x-data")) return; // opened twice
    const given = { receivers: receivers.items, rehearsal, isSaved };
    Alpine.data("spikeExpect", () => spikeExpect(form, given));
    Alpine.mutateDom(() => folded.replaceWith(section));
    Alpine.initTree(section);
  });
  if (!isSaved) form.$nextTick(() => focusFirst());
}

function waitUntilReady(form) {
  return form.isReady || new Promise((resolve) => form.$watch("isReady", resolve));
}

async function fetchSection() {
  const answer = await fetch(withPrefix("/spikes/expect"));
  if (!answer.ok || answer.redirected) throw new Error("What the spike expects could not be loaded. Reload the page.");
  const loaded = new DOMParser().parseFromString(await answer.text(), "text/html");
  return document.importNode(loaded.getElementById("spike-expect"), true);
}

/** Load the record of the spike, or of the spike that it copies: what it expects, and how often it was polled. */
async function loadRehearsal({ spike, props }) {
  const id = spike?.rehearsal_id ?? props.copy?.record;
  return id ? get(`/api/rehearsals/${id}`) : null;
}

function focusFirst() {
  const inputs = ["spike-expect-receiver", "spike-expect-receivers"].map((id) => document.getElementById(id));
  inputs.find((input) => input?.checkVisibility())?.focus();
}
