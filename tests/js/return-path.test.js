import assert from "node:assert/strict";
import { test } from "node:test";

import { getReturnPath } from "../../static/js/lib/return-path.js";

const origin = "https://host";

test("the form returns to pages that show spikes, with their query", () => {
  for (const path of ["/", "/spikes", "/spikes?status=active&search=%26", "/collections/7"]) {
    assert.equal(getReturnPath(origin + path, { origin, below: "" }), path);
    assert.equal(getReturnPath(`${origin}/below${path}`, { origin, below: "/below" }), path);
  }
});

test("the form does not return to other pages or sites", () => {
  const others = ["", `${origin}/sign-in`, `${origin}/spikes/7`, `${origin}/collections`, "https://host.evil/spikes", "http://host/spikes"];
  for (const referrer of others) assert.equal(getReturnPath(referrer, { origin, below: "" }), "");
  for (const path of ["/spikes", "/belowspikes", "/other/"])
    assert.equal(getReturnPath(origin + path, { origin, below: "/below" }), "");
});
