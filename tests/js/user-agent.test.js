import assert from "node:assert/strict";
import { test } from "node:test";

import { formatDevice } from "../../static/js/lib/user-agent.js";

const WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)";

test("browsers and systems are named", () => {
  const known = [
    [`Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} Chrome/130.0 Safari/537.36`, "Chrome on Linux"],
    [`Mozilla/5.0 (Windows NT 10.0) ${WEBKIT} Chrome/130.0 Safari/537.36 Edg/130.0`, "Edge on Windows"],
    ["Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox on Linux"],
    ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on iOS"],
  ];
  for (const [header, words] of known) assert.equal(formatDevice(header), words);
});

test("another program is shown by its own name", () => {
  assert.equal(formatDevice("curl/8.5.0"), "curl/8.5.0");
  assert.equal(formatDevice(""), "Unknown program");
});
