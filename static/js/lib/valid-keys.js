// Counting the valid API keys of a user, which a new password may revoke.

import { get } from "./api.js";
import { getKeyStatus } from "./key-format.js";
import { serverNow } from "./server-clock.js";
import { formatCount } from "./format.js";

const MAX_LISTED = 200;

/** Count the keys of a user that are neither revoked nor expired. */
export async function countValidKeys(userId) {
  const { items } = await get("/api/api-keys", { user_id: userId, per_page: MAX_LISTED });
  const now = serverNow();
  return items.filter((key) => getKeyStatus(key, now) === "valid").length;
}

/** Return the label of the choice: "Also revoke the 3 API keys". */
export const formatRevokeLabel = (keys) =>
  keys === 1 ? "Also revoke the API key" : `Also revoke the ${formatCount(keys, "API key")}`;
