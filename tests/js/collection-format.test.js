import assert from "node:assert/strict";
import { test } from "node:test";

import { buildCopyName, dataPath, formatImpact } from "../../static/js/lib/collection-format.js";

test("what a deletion removes is described in one or two sentences", () => {
  assert.equal(
    formatImpact([
      { fields: 13, active_spikes: 1, scheduled_spikes: 1, expired_spikes: 1, keys_losing_access: 2 },
    ]),
    "This removes 13 fields and 3 spikes (1 active). 2 keys lose access.",
  );
  assert.equal(
    formatImpact([{ fields: 1, active_spikes: 0, keys_losing_access: 1 }]),
    "This removes 1 field. 1 key loses access.",
  );
  assert.equal(
    formatImpact([{ fields: 0, active_spikes: 1, scheduled_spikes: 0 }]),
    "This removes 1 spike (1 active).",
  );
  assert.equal(
    formatImpact([
      { fields: 2, active_spikes: 1, expired_spikes: 1, rehearsals: 12 },
      { fields: 1, rehearsals: 1 },
    ]),
    "This removes 3 fields, 2 spikes (1 active) and the records of 11 past spikes.",
  );
  assert.equal(formatImpact([{ rehearsals: 1 }]), "This removes the record of 1 past spike.");
  assert.equal(formatImpact([{ fields: 0, keys_losing_access: 0 }]), "Nothing else is removed.");
  assert.equal(
    formatImpact([{ fields: 1 }, { fields: 2, keys_losing_access: 1 }]),
    "This removes 3 fields. 1 key loses access.",
  );
});

test("the name of a copy is numbered and not too long", () => {
  assert.equal(buildCopyName("Truck"), "Truck copy");
  assert.equal(buildCopyName("Truck copy"), "Truck copy 2");
  assert.equal(buildCopyName("Truck copy 2"), "Truck copy 3");
  assert.equal([...buildCopyName("🚚".repeat(255))].length, 255);
});

test("a name is encoded as one segment of the URL", () => {
  assert.equal(dataPath({ id: 3, name: "A/B 50%" }, "Performance"), "/api/data/A%2FB%2050%25/Performance");
  assert.equal(dataPath({ id: 3, name: ".." }, "Performance"), "/api/collections/3/data/Performance");
});
