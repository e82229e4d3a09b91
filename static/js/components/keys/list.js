// The list of API keys: access, last use and expiry, with actions.

import { post, remove } from "../../lib/api.js";
import { getKeyProperties } from "../../lib/key-properties.js";
import { expiresSoon, formatAccess, formatAccessLines, formatExpiry, getKeyStatus } from "../../lib/key-format.js";
import { PAGE, SEARCH, flag, sortedBy, urlState } from "../../lib/url-state.js";
import { pagedList } from "../../lib/list.js";
import { changeReports } from "../../lib/change-reports.js";
import { mix } from "../../lib/mix.js";
import { deleteIfUnchanged, updateIfUnchanged } from "../../lib/conditional-update.js";
import { serverNow } from "../../lib/server-clock.js";
import { getUser } from "../../lib/page-data.js";
import { clockTick } from "../../lib/clock-tick.js";
import { formatAgo } from "../../lib/relative-time.js";
import { formatDateTime, formatUtc } from "../../lib/time.js";
import { confirm, toast } from "../../lib/layout-events.js";
import { keyTrial } from "../integrations/trial.js";
import { keyCreated } from "./created.js";
import { askKey } from "./dialog.js";

const WORDS = { revoked: "Revoked", expired: "Expired" };

export const keyList = () =>
  mix(
    clockTick(),
    pagedList("/api/api-keys", {
      sort: "-created_at",
      filters() {
        return { user_id: this.onlyMine ? getUser().id : "" };
      },
      address: urlState({
        onlyMine: flag("owner", "all", true),
        search: SEARCH,
        sort: sortedBy(["label", "last_used_at", "expires_at", "created_at"], "-created_at"),
        page: PAGE,
      }),
    }),
    changeReports(),
    keyCreated(),
    keyTrial(),
    {
      onlyMine: true,

      // Lifecycle

      init() {
        this.startClock();
        this.guardKey();
        this.startList();
      },

      destroy() {
        this.stopClock();
        this.stopGuardingKey();
        this.stopList();
      },

      // Actions

      async create() {
        if (!(await this.confirmLeaving())) return;
        const made = await askKey({});
        if (!made) return;
        this.showKey(made);
        this.load();
      },

      async edit(key) {
        const saved = await askKey({ key });
        if (!saved) return;
        toast(`“${saved.label}” saved.`);
        this.load();
      },

      async revoke(key) {
        const question = {
          title: `Revoke “${key.label}”?`,
          text: "Polls with this key will get 401. This cannot be undone. The key stays in the list.",
          more: this.describeLastUse(key),
          verb: "Revoke key",
        };
        if (!(await confirm(question))) return;
        const change = {
          ...asSeen(key),
          send: (etag) => post(`/api/api-keys/${key.id}/revoke`, undefined, etag),
          isDone: (present) => present.revoked_at !== null,
          verb: () => "Revoke anyway",
        };
        await this.applyChange(() => updateIfUnchanged(change), `“${key.label}” revoked.`);
      },

      async deleteKey(key) {
        const works = this.getStatus(key) === "valid";
        const text = works
          ? "Polls with this key will get 401."
          : "It no longer works. Deleting it only removes it from the list.";
        const question = {
          title: `Delete “${key.label}”?`,
          text,
          more: works ? this.describeLastUse(key) : "",
          verb: "Delete key",
        };
        if (!(await confirm(question))) return;
        const change = { ...asSeen(key), send: (etag) => remove(`/api/api-keys/${key.id}`, etag) };
        const done = await this.applyChange(() => deleteIfUnchanged(change), `“${key.label}” deleted.`);
        if (done && this.createdKey?.id === key.id) this.createdKey = null;
      },

      // What a row shows

      isMine(key) {
        return key.user_id === getUser().id;
      },

      isNew(key) {
        return this.createdKey !== null && key.id === this.createdKey.id;
      },

      getStatus(key) {
        return getKeyStatus(key, this.now);
      },

      getStatusLabel(key) {
        return WORDS[this.getStatus(key)] ?? "";
      },

      isOver(key) {
        return this.getStatus(key) !== "valid";
      },

      canEdit(key) {
        return this.isMine(key) && this.getStatus(key) !== "revoked";
      },

      formatAccess(key) {
        return formatAccess(key, this.isMine(key));
      },

      formatAccessLines(key) {
        return formatAccessLines(key).join("\n");
      },

      formatLastUse({ last_used_at: used }) {
        return used ? formatAgo(used, this.now) : "never";
      },

      describeLastUse(key) {
        const who = this.isMine(key) ? "" : `It belongs to ${key.username}. `;
        return who + (key.last_used_at ? `Last used ${this.formatLastUse(key)}.` : "It was never used.");
      },

      /** Format the expiry; empty for a revoked key. */
      formatExpiry(key) {
        return this.getStatus(key) === "revoked" ? "" : formatExpiry(key, this.now);
      },

      formatExactExpiry({ expires_at: expires }) {
        return expires ? `${formatDateTime(expires, this.now)}; ${formatUtc(expires)}` : "";
      },

      expiresSoon(key) {
        return expiresSoon(key, this.now);
      },

      formatUtc(instant) {
        return instant ? formatUtc(instant) : "";
      },

      // Getters

      get heading() {
        return this.onlyMine ? "Your keys" : "All keys";
      },
    },
  );

/** Return the parameters of `updateIfUnchanged` for a key. */
const asSeen = (key) => ({
  path: `/api/api-keys/${key.id}`,
  name: key.label,
  seen: key,
  properties: (version) => getKeyProperties(version, serverNow()),
});
