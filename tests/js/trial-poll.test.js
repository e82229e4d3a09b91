// One real poll with a key: what is sent, and what is said of the answer.

import assert from "node:assert/strict";
import { test } from "node:test";

import { pollOnce } from "../../static/js/lib/trial-poll.js";

async function poll(answer) {
  const sent = {};
  globalThis.fetch = async (url, options) => {
    Object.assign(sent, { url, ...options });
    return answer();
  };
  return { sent, ...(await pollOnce("http://spikecast/api/data/x/performance", "spk_KEY")) };
}

const respond = (status, body) => () => new Response(body, { status });

test("the key is sent in its header, and no cookie", async () => {
  const { sent } = await poll(respond(200, "{}"));
  assert.equal(sent.headers["X-API-Key"], "spk_KEY");
  assert.equal(sent.credentials, "omit");
});

test("the body is shown with a line for each member and every digit", async () => {
  const { isOk, text, error } = await poll(respond(200, '{"data":{"n":0.1000000000,"t":"a b"}}'));
  assert.equal(text, '{\n  "data": {\n    "n": 0.1000000000,\n    "t": "a b"\n  }\n}');
  assert.deepEqual([isOk, error], [true, ""]);
});

test("a refusal is said in the words of the server", async () => {
  const { isOk, status, error } = await poll(respond(401, '{"title":"Not authenticated","detail":"Unknown API key."}'));
  assert.deepEqual([isOk, status, error], [false, "401", "Unknown API key."]);
});

test("an error page of a proxy is named as such", async () => {
  const { error } = await poll(respond(502, "<html>Bad Gateway</html>"));
  assert.match(error, /not from Spikecast: 502\. Is there a proxy/);
});

test("no answer at all is said in words", async () => {
  const { status, error } = await poll(() => Promise.reject(new TypeError("Failed to fetch")));
  assert.equal(status, "No answer");
  assert.match(error, /Spikecast did not answer/);
});
