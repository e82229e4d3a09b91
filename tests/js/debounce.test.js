import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { debounce } from "../../static/js/lib/debounce.js";

test("only the last of several calls runs, with its values and its component", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const component = { found: [], search: debounce(function search(text) { this.found.push(text); }, 100) };
  component.search("a");
  mock.timers.tick(99);
  component.search("ab");
  mock.timers.tick(99);
  assert.deepEqual(component.found, []);
  mock.timers.tick(1);
  assert.deepEqual(component.found, ["ab"]);
  component.search("abc");
  component.search.cancel();
  mock.timers.tick(1000);
  assert.deepEqual(component.found, ["ab"]);
  mock.timers.reset();
});
