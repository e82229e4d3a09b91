// The list of collections, with actions on one or several.

import { at } from "../../lib/base.js";
import { get, post, remove } from "../../lib/api.js";
import { formatImpact } from "../../lib/collection-format.js";
import { collectionFacts } from "../../lib/facts-collection.js";
import { PAGE, SEARCH, flag, sortedBy, urlState } from "../../lib/url-state.js";
import { pagedList } from "../../lib/list.js";
import { mix } from "../../lib/mix.js";
import { startAutoRefresh } from "../../lib/auto-refresh.js";
import { rowSelection } from "../../lib/row-selection.js";
import { STATUS_LABELS, getSpikeStatus } from "../../lib/spike-status.js";
import { deleteIfUnchanged } from "../../lib/conditional-update.js";
import { getUser } from "../../lib/page-data.js";
import { clockTick } from "../../lib/clock-tick.js";
import { formatWindowState } from "../../lib/durations.js";
import { formatAgo } from "../../lib/relative-time.js";
import { formatUtc, formatUtcRange, formatWindow } from "../../lib/time.js";
import { toast } from "../../lib/toast.js";
import { formatCount } from "../../lib/numbers.js";
import { askCollection } from "./dialog.js";
import { confirm } from "../../lib/dialogs.js";
import { toastOnNextPage } from "../layout/toasts.js";

export const collectionList = () =>
  mix(
    clockTick(),
    rowSelection(),
    pagedList("/api/collections", {
      sort: "name",
      filters() {
        return { owner_id: this.onlyMine ? getUser().id : "" };
      },
      address: urlState({
        onlyMine: flag("owner", "me"),
        search: SEARCH,
        sort: sortedBy(["name", "owner", "last_polled_at"]),
        page: PAGE,
      }),
    }),
    {
      onlyMine: false,
      error: "",

      // Lifecycle

      init() {
        this.readUrl();
        this.startClock();
        this.stopAutoRefresh = startAutoRefresh(() => this.load());
        this.load();
      },

      destroy() {
        this.stopClock();
        this.stopAutoRefresh();
      },

      onLoaded() {
        this.pruneSelection();
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
          facts: collectionFacts, // a row shows no fields
          send: (etag) => remove(path, etag),
        };
        return this.confirmAndDelete([collection], title, () => deleteIfUnchanged(change));
      },

      deleteSelected() {
        const wanted = this.selectedItems;
        const body = { collection_ids: wanted.map(({ id }) => id) };
        const title = `Delete ${formatCount(wanted.length, "collection")}?`;
        return this.confirmAndDelete(wanted, title, () => post("/api/collections/bulk-delete", body));
      },

      async confirmAndDelete(collections, title, action) {
        this.error = "";
        try {
          const impacts = await Promise.all(
            collections.map(({ id }) => get(`/api/collections/${id}/impact`)),
          );
          const names = collections.length > 1 ? `${namesOf(collections)}. ` : "";
          const question = {
            title,
            text: names + formatImpact(impacts),
            more: "Polls will return 404.",
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
          this.error = problem.message;
        }
        await this.load();
      },

      // What a row shows

      getStatus({ spike }) {
        if (!spike) return "";
        const status = getSpikeStatus(spike, this.now);
        return status === "expired" ? "" : status;
      },

      getStatusLabel(collection) {
        return STATUS_LABELS[this.getStatus(collection)];
      },

      formatState({ spike }) {
        return formatWindowState(spike.start_datetime, spike.end_datetime, this.now);
      },

      formatWindow({ spike }) {
        const { start_datetime: start, end_datetime: end } = spike;
        return `${formatWindow(start, end, this.now)}; ${formatUtcRange(start, end)}`;
      },

      formatLastPoll({ last_polled_at: polled }) {
        return polled ? formatAgo(polled, this.now) : "Never";
      },

      formatUtc(instant) {
        return instant ? formatUtc(instant) : "";
      },

      // Getters

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
