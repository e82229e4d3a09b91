import assert from "node:assert/strict";
import { test } from "node:test";

import { cameFrom } from "../../static/js/lib/came-from.js";

const origin = "https://host";

test("one goes back to the pages that show spikes, as they were", () => {
  for (const path of ["/", "/spikes", "/spikes?status=active&search=%26", "/collections/7"]) {
    assert.equal(cameFrom(origin + path, { origin, below: "" }), path);
    assert.equal(cameFrom(`${origin}/below${path}`, { origin, below: "/below" }), path);
  }
});

test("one does not go back to other pages, sites or programs", () => {
  const others = ["", `${origin}/sign-in`, `${origin}/spikes/7`, `${origin}/collections`, "https://host.evil/spikes", "http://host/spikes"];
  for (const referrer of others) assert.equal(cameFrom(referrer, { origin, below: "" }), "");
  for (const path of ["/spikes", "/belowspikes", "/other/"])
    assert.equal(cameFrom(origin + path, { origin, below: "/below" }), "");
});
