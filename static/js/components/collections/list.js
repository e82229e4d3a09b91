// The list of collections: what each is up to, and what one does with one or with many.

import { at } from "../../lib/base.js";
import { get, post, remove } from "../../lib/api.js";
import { impactWords } from "../../lib/collection-format.js";
import { collectionFacts } from "../../lib/facts-collection.js";
import { flag, listAddress, PAGE, SEARCH, sortedBy } from "../../lib/list-address.js";
import { listOf } from "../../lib/list.js";
import { mix } from "../../lib/mix.js";
import { refreshing } from "../../lib/auto-refresh.js";
import { deleteAsSeen } from "../../lib/saving.js";
import { user } from "../../lib/start.js";
import { ticking } from "../../lib/clock-tick.js";
import { relative, standing, status, utc, windowWords } from "../../lib/time.js";
import { toast } from "../../lib/toast.js";
import { count } from "../../lib/numbers.js";
import { askCollection } from "./dialog.js";
import { confirm } from "../layout/confirmation.js";
import { toastOnNextPage } from "../layout/toasts.js";

const WORDS = { active: "Active", scheduled: "Scheduled", expired: "Expired" };

export const collectionList = () =>
  mix(
    ticking(),
    listOf("/api/collections", {
      sort: "name",
      filters() {
        return { owner_id: this.onlyMine ? user().id : "" };
      },
      address: listAddress({
        onlyMine: flag("owner", "me"),
        search: SEARCH,
        sort: sortedBy(["name", "owner", "last_polled_at"]),
        page: PAGE,
      }),
    }),
    {
      onlyMine: false,
      ticked: [],
      fault: "",

      // Lifecycle

      init() {
        this.fromAddress();
        this.startTicking();
        this.stopRefreshing = refreshing(() => this.load());
        this.load();
      },

      destroy() {
        this.stopTicking();
        this.stopRefreshing();
      },

      loaded() {
        const ids = this.items.map((item) => item.id);
        this.ticked = this.ticked.filter((id) => ids.includes(id));
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
        const made = await askCollection({ mode: "create" });
        if (made) this.open(made, `“${made.name}” created.`);
      },

      async rename(collection) {
        const changed = await askCollection({ mode: "edit", collection });
        if (!changed) return;
        toast(`“${changed.name}” saved.`);
        this.load();
      },

      async copy(collection) {
        const made = await askCollection({ mode: "copy", collection });
        if (made) this.open(made, `“${collection.name}” copied as “${made.name}”.`);
      },

      open({ id }, words) {
        toastOnNextPage(words);
        window.location.assign(at(`/collections/${id}`));
      },

      remove(collection) {
        const title = `Delete “${collection.name}”?`;
        const path = `/api/collections/${collection.id}`;
        const change = {
          path,
          name: collection.name,
          seen: collection,
          facts: collectionFacts, // a row of the list shows no fields
          send: (etag) => remove(path, etag),
        };
        return this.erase([collection], title, () => deleteAsSeen(change));
      },

      removeTicked() {
        const wanted = this.items.filter(({ id }) => this.ticked.includes(id));
        const body = { collection_ids: wanted.map(({ id }) => id) };
        const title = `Delete ${count(wanted.length, "collection")}?`;
        return this.erase(wanted, title, () => post("/api/collections/bulk-delete", body));
      },

      async erase(collections, title, action) {
        this.fault = "";
        try {
          const impacts = await Promise.all(
            collections.map(({ id }) => get(`/api/collections/${id}/impact`)),
          );
          const names = collections.length > 1 ? `${namesOf(collections)}. ` : "";
          const question = {
            title,
            text: names + impactWords(impacts),
            more: "Polls will get 404 from now on.",
          };
          const verb = collections.length > 1 ? "Delete collections" : "Delete collection";
          if (!(await confirm({ ...question, verb }))) return;
          const done = await action();
          if (done && done.outcome !== "saved") return await this.load();
          toast(
            collections.length > 1
              ? `${collections.length} collections deleted.`
              : `“${collections[0].name}” deleted.`,
          );
        } catch (problem) {
          this.fault = problem.message;
        }
        await this.load();
      },

      tick(id) {
        this.ticked = this.isTicked(id) ? this.ticked.filter((each) => each !== id) : [...this.ticked, id];
      },

      tickAll() {
        this.ticked = this.allTicked ? [] : this.items.map(({ id }) => id);
      },

      untick() {
        this.ticked = [];
      },

      // What a row shows

      isTicked(id) {
        return this.ticked.includes(id);
      },

      statusOf({ spike }) {
        if (!spike) return "";
        const found = status(spike.start_datetime, spike.end_datetime, this.now);
        return found === "expired" ? "" : found;
      },

      badgeOf(collection) {
        return WORDS[this.statusOf(collection)];
      },

      standingOf({ spike }) {
        return standing(spike.start_datetime, spike.end_datetime, this.now);
      },

      windowOf({ spike }) {
        const { start_datetime: start, end_datetime: end } = spike;
        return `${windowWords(start, end, this.now)}; ${utc(start)} to ${utc(end)}`;
      },

      polledOf({ last_polled_at: polled }) {
        return polled ? relative(polled, Math.max(this.now, Date.parse(polled))) : "Never";
      },

      utcOf(instant) {
        return instant ? utc(instant) : "";
      },

      // Getters

      get allTicked() {
        return this.items.length > 0 && this.ticked.length === this.items.length;
      },

      get tickedWords() {
        return `${count(this.ticked.length, "collection")} ticked`;
      },

      get isFirst() {
        return this.isEmpty && !this.isSearching && !this.onlyMine;
      },

      get nothingFound() {
        return this.isEmpty && !this.isFirst;
      },
    },
  );

function namesOf(collections) {
  const names = collections.slice(0, 5).map(({ name }) => `“${name}”`);
  const more = collections.length - names.length;
  return more ? `${names.join(", ")} and ${more} more` : names.join(", ");
}
