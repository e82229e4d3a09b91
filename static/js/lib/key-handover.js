// A new key on its way to the page that was opened from its panel: from memory to memory, never stored or in a URL.

import { host } from "./base.js";

const REQUEST = "spikecast: new key?";

/** Give the key that `getKey` returns, if any, to pages of this site that this page opened. Returns how to stop. */
export function offerKey(getKey) {
  const answer = ({ data, origin, source }) => {
    const key = getKey();
    if (data === REQUEST && origin === host() && key) source.postMessage({ newKey: key }, origin);
  };
  window.addEventListener("message", answer);
  return () => window.removeEventListener("message", answer);
}

/** Ask the page that opened this one for its new key; `take` gets it. Returns how to stop. */
export function requestKey(take) {
  const { opener } = window;
  const receive = ({ data, origin, source }) => {
    if (source === opener && origin === host() && data?.newKey) take(data.newKey);
  };
  window.addEventListener("message", receive);
  opener?.postMessage(REQUEST, host());
  return () => window.removeEventListener("message", receive);
}
