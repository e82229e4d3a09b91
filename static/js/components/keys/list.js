// The list of API keys: what each reads, when it was used and when it ends, and what one does with it.

import { post, remove } from "../../lib/api.js";
import { keyFacts } from "../../lib/facts-key.js";
import { distance, endsSoon, expiryWords, keyStatus, readsLines, readsWords } from "../../lib/keys.js";
import { flag, listAddress, PAGE, SEARCH, sortedBy } from "../../lib/list-address.js";
import { listOf } from "../../lib/list.js";
import { mix } from "../../lib/mix.js";
import { refreshing } from "../../lib/auto-refresh.js";
import { changeAsSeen, deleteAsSeen } from "../../lib/saving.js";
import { serverNow } from "../../lib/server-clock.js";
import { user } from "../../lib/start.js";
import { ticking } from "../../lib/clock-tick.js";
import { moment, utc } from "../../lib/time.js";
import { toast } from "../../lib/toast.js";
import { confirm } from "../layout/confirmation.js";
import { keyCreated } from "./created.js";
import { askKey } from "./dialog.js";

const WORDS = { revoked: "Revoked", expired: "Expired" };

export const keyList = () =>
  mix(
    ticking(),
    listOf("/api/api-keys", {
      sort: "-created_at",
      filters() {
        return { user_id: this.onlyMine ? user().id : "" };
      },
      address: listAddress({
        onlyMine: flag("owner", "all", true),
        search: SEARCH,
        sort: sortedBy(["label", "last_used_at", "expires_at", "created_at"], "-created_at"),
        page: PAGE,
      }),
    }),
    keyCreated(),
    {
      onlyMine: true,
      fault: "",

      // Lifecycle

      init() {
        this.fromAddress();
        this.startTicking();
        this.guardKey();
        this.stopRefreshing = refreshing(() => this.load());
        this.load();
      },

      destroy() {
        this.stopTicking();
        this.stopGuardingKey();
        this.stopRefreshing();
      },

      // Actions

      show(onlyMine) {
        this.onlyMine = onlyMine;
        this.page = 1;
        this.load();
      },

      clearSearch() {
        this.search = "";
        this.load();
      },

      async create() {
        if (!(await this.mayGo())) return;
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
        const text =
          "From the next poll on it is refused with 401. That cannot be taken back; the key stays in the list.";
        if (
          !(await confirm({
            title: `Revoke “${key.label}”?`,
            text,
            more: this.usedWords(key),
            verb: "Revoke key",
          }))
        )
          return;
        const change = {
          ...asSeen(key),
          send: (etag) => post(`/api/api-keys/${key.id}/revoke`, undefined, etag),
          isDone: (present) => present.revoked_at !== null,
          verb: () => "Revoke anyway",
        };
        await this.trying(() => changeAsSeen(change), `“${key.label}” revoked.`);
      },

      async erase(key) {
        const works = this.statusOf(key) === "valid";
        const text = works
          ? "From the next poll on it is refused with 401."
          : "It leaves the list; it was refused already.";
        const question = {
          title: `Delete “${key.label}”?`,
          text,
          more: works ? this.usedWords(key) : "",
          verb: "Delete key",
        };
        if (!(await confirm(question))) return;
        const change = { ...asSeen(key), send: (etag) => remove(`/api/api-keys/${key.id}`, etag) };
        const done = await this.trying(() => deleteAsSeen(change), `“${key.label}” deleted.`);
        if (done && this.made?.id === key.id) this.made = null;
      },

      async trying(action, words) {
        this.fault = "";
        try {
          const { outcome } = await action();
          if (outcome === "saved") toast(words);
          return outcome === "saved";
        } catch (problem) {
          this.fault = problem.message;
          return false;
        } finally {
          await this.load();
        }
      },

      // What a row shows

      isMine(key) {
        return key.user_id === user().id;
      },

      isNew(key) {
        return this.made !== null && key.id === this.made.id;
      },

      statusOf(key) {
        return keyStatus(key, this.now);
      },

      badgeOf(key) {
        return WORDS[this.statusOf(key)] ?? "";
      },

      isOver(key) {
        return this.statusOf(key) !== "valid";
      },

      canEdit(key) {
        return this.isMine(key) && this.statusOf(key) !== "revoked";
      },

      readsOf(key) {
        return readsWords(key, this.isMine(key));
      },

      allReadsOf(key) {
        return readsLines(key).join("\n");
      },

      usedOf({ last_used_at: used }) {
        return used ? distance(Math.min(Date.parse(used) - this.now, -1)) : "never";
      },

      usedWords(key) {
        const who = this.isMine(key) ? "" : `It belongs to ${key.username}. `;
        return who + (key.last_used_at ? `Last used ${this.usedOf(key)}.` : "It was never used.");
      },

      /** A revoked key has no expiry to speak of. */
      expiryOf(key) {
        return this.statusOf(key) === "revoked" ? "" : expiryWords(key, this.now);
      },

      exactExpiryOf({ expires_at: expires }) {
        return expires ? `${moment(expires, this.now)}; ${utc(expires)}` : "";
      },

      endsSoon(key) {
        return endsSoon(key, this.now);
      },

      utcOf(instant) {
        return instant ? utc(instant) : "";
      },

      // Getters

      get heading() {
        return this.onlyMine ? "Your keys" : "Everybody’s keys";
      },

      get isFirst() {
        return this.isEmpty && !this.isSearching;
      },

      get nothingFound() {
        return this.isEmpty && this.isSearching;
      },
    },
  );

/** A key as its row shows it, for changing it. */
const asSeen = (key) => ({
  path: `/api/api-keys/${key.id}`,
  name: key.label,
  seen: key,
  facts: (thing) => keyFacts(thing, serverNow()),
});
