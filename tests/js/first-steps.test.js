import assert from "node:assert/strict";
import { test } from "node:test";

const { buildSteps, getNextPhase } = await import("../../static/js/lib/first-steps.js");

const done = (given) => buildSteps(given).map(({ isDone }) => Number(isDone)).join("");
const next = (given) => buildSteps(given).find(({ isNext }) => isNext)?.href;

test("a new user begins with a collection", () => {
  const nothing = { collections: [], keys: 0, polls: 0, spikes: 0 };
  assert.equal(done(nothing), "00000");
  assert.equal(next(nothing), "/collections");
});

test("each step links to its page, with the collection", () => {
  const empty = [{ id: 3, field_count: 0 }];
  const filled = [...empty, { id: 4, field_count: 2 }];
  assert.equal(next({ collections: empty, keys: 0, polls: 0, spikes: 0 }), "/collections/3");
  assert.equal(next({ collections: filled, keys: 0, polls: 0, spikes: 0 }), "/api-keys");
  assert.equal(next({ collections: filled, keys: 1, polls: 0, spikes: 0 }), "/integrations?collection=4");
  assert.equal(next({ collections: filled, keys: 1, polls: 9, spikes: 0 }), "/spikes/new?collection=4");
});

test("steps can be done in any order", () => {
  assert.equal(done({ collections: [{ id: 3, field_count: 2 }], keys: 0, polls: 0, spikes: 1 }), "11001");
});

const open_ = [{ isDone: true }, { isDone: false }];
const finished = [{ isDone: true }, { isDone: true }];

test("the closing step comes when the last step is done, and stays", () => {
  assert.equal(getNextPhase("", open_), "begun");
  assert.equal(getNextPhase("begun", open_), "begun");
  assert.equal(getNextPhase("begun", finished), "closing");
  assert.equal(getNextPhase("closing", open_), "closing");
});

test("a user who had done everything before needs no steps, and none return", () => {
  assert.equal(getNextPhase("", finished), "done");
  assert.equal(getNextPhase("done", open_), "done");
});
