// The list of collections, with actions on one or several.

import { withPrefix } from "../../lib/base.js";
import { get, post, remove } from "../../lib/api.js";
import { formatImpact } from "../../lib/collection-format.js";
import { getCollectionProperties } from "../../lib/collection-properties.js";
import { PAGE, SEARCH, flag, sortedBy, urlState } from "../../lib/url-state.js";
import { pagedList } from "../../lib/list.js";
import { changeReports } from "../../lib/change-reports.js";
import { mix } from "../../lib/mix.js";
import { rowSelection } from "../../lib/row-selection.js";
import { STATUS_LABELS, getSpikeStatus } from "../../lib/spike-status.js";
import { deleteIfUnchanged } from "../../lib/conditional-update.js";
import { getUser } from "../../lib/page-data.js";
import { clockTick } from "../../lib/clock-tick.js";
import { formatWindowState } from "../../lib/durations.js";
import { formatAgo } from "../../lib/relative-time.js";
import { formatUtc, formatUtcRange, formatWindow } from "../../lib/time.js";
import { confirm, toast } from "../../lib/layout-events.js";
import { formatCount } from "../../lib/numbers.js";
import { askCollection } from "./dialog.js";
import { toastOnNextPage } from "../layout/toasts.js";

export const collectionList = () =>
  mix(
    clockTick(),
    rowSelection(),
    changeReports(),
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

      // Lifecycle

      init() {
        this.startClock();
        this.startList();
      },

      destroy() {
        this.stopClock();
        this.stopList();
      },

      onLoaded() {
        this.pruneSelection();
      },

      // Actions

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
        window.location.assign(withPrefix(`/collections/${id}`));
      },

      remove(collection) {
        const { id, name } = collection;
        const path = `/api/collections/${id}`;
        const change = {
          path,
          name,
          seen: collection,
          properties: getCollectionProperties, // a row shows no fields
          send: (etag) => remove(path, etag),
        };
        const question = { title: `Delete “${name}”?`, verb: "Delete collection" };
        const action = () => deleteIfUnchanged(change);
        return this.applyChange(() => confirmAndDelete([collection], question, action), `“${name}” deleted.`);
      },

      deleteSelected() {
        const collections = this.selectedItems;
        if (collections.length === 1) return this.remove(collections[0]);
        const count = formatCount(collections.length, "collection");
        const question = { title: `Delete ${count}?`, verb: "Delete collections" };
        const action = () => deleteAll(collections);
        return this.applyChange(() => confirmAndDelete(collections, question, action), `${count} deleted.`);
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

      get isFiltered() {
        return this.onlyMine || this.search !== "";
      },
    },
  );

/** Delete collections with `action`, after the user has confirmed the consequences. */
async function confirmAndDelete(collections, question, action) {
  const impacts = await Promise.all(collections.map(({ id }) => get(`/api/collections/${id}/impact`)));
  const names = collections.length > 1 ? `${formatNames(collections)}. ` : "";
  const text = names + formatImpact(impacts);
  const isSure = await confirm({ ...question, text, more: "Polls will return 404." });
  return isSure ? action() : { outcome: "cancelled" };
}

async function deleteAll(collections) {
  await post("/api/collections/bulk-delete", { collection_ids: collections.map(({ id }) => id) });
  return { outcome: "saved" };
}

function formatNames(collections) {
  const names = collections.slice(0, 5).map(({ name }) => `“${name}”`);
  const more = collections.length - names.length;
  return more ? `${names.join(", ")} and ${more} more` : names.join(", ");
}
