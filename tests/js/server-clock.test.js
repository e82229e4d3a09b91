import assert from "node:assert/strict";
import { test } from "node:test";

import { createServerClock, estimateOffset, narrowOffset } from "../../static/js/lib/server-clock.js";

const NOON = Date.UTC(2026, 10, 27, 12);
const DATE = "Fri, 27 Nov 2026 12:00:00 GMT";

test("a response gives the clocks' difference to within a second and its duration", () => {
  assert.deepEqual(estimateOffset(DATE, NOON - 100, NOON + 50), { min: -50, max: 1100 });
});

test("a response without a valid date is ignored", () => {
  assert.equal(estimateOffset(null, NOON, NOON), null);
  assert.equal(estimateOffset("soon", NOON, NOON), null);
});

test("further responses narrow the difference", () => {
  assert.deepEqual(narrowOffset({ min: -50, max: 1100 }, { min: 200, max: 1200 }), { min: 200, max: 1100 });
});

test("an ignored response does not change the difference", () => {
  assert.deepEqual(narrowOffset({ min: 1, max: 2 }, null), { min: 1, max: 2 });
});

test("after a clock was set, the newer response counts", () => {
  const newer = { min: 60_000, max: 61_000 };
  assert.deepEqual(narrowOffset({ min: 0, max: 1000 }, newer), newer);
});

test("before the first response the browser's clock is used", () => {
  assert.equal(createServerClock(() => NOON).now(), NOON);
});

for (const off of [-60_000, 0, 90_000]) {
  test(`a browser whose clock is ${off / 1000} s off shows the server's time to half a second`, () => {
    const server = NOON + 700; // the header says the whole second
    const clock = createServerClock(() => server + off);
    clock.observe(DATE, server + off, server + off);
    assert.ok(Math.abs(clock.now() - server) <= 500);
  });
}

test("many responses give the difference to a few milliseconds, whatever their delays", () => {
  const off = -42_000;
  let server = NOON;
  const clock = createServerClock(() => server + off);
  for (let answer = 0; answer < 400; answer += 1) {
    server += 137;
    const written = new Date(server - 20).toUTCString();
    clock.observe(written, server + off - 40, server + off);
  }
  assert.ok(Math.abs(clock.now() - server) <= 40);
});
