// The page of a collection: its head, and what its panels share.

import { withPrefix, origin } from "../../lib/base.js";
import { get, remove } from "../../lib/api.js";
import { dataPath, dataPathById, formatImpact } from "../../lib/collection-format.js";
import { copyInput } from "../../lib/clipboard.js";
import { getAllCollectionProperties } from "../../lib/collection-properties.js";
import { mix } from "../../lib/mix.js";
import { requestSequence } from "../../lib/request-sequence.js";
import { startAutoRefresh } from "../../lib/auto-refresh.js";
import { deleteIfUnchanged } from "../../lib/conditional-update.js";
import { getProps } from "../../lib/page-data.js";
import { showIfSlow } from "../../lib/slow-loading.js";
import { clockTick } from "../../lib/clock-tick.js";
import { formatAgo } from "../../lib/relative-time.js";
import { formatUtc } from "../../lib/time.js";
import { confirm, toast } from "../../lib/layout-events.js";
import { askCollection } from "./dialog.js";
import { collectionFields } from "./fields.js";
import { collectionSample } from "./sample.js";
import { collectionSeries } from "./series.js";
import { collectionSpikes } from "./spikes.js";
import { toastOnNextPage } from "../layout/toasts.js";

export const collectionPage = () =>
  mix(clockTick(), collectionSpikes(), collectionFields(), collectionSample(), collectionSeries(), {
    collection: { id: 0, name: "", owner: "", fields: [], last_polled_at: null, last_polled_by: null },
    startFetch: requestSequence(),
    isLoaded: false,
    isSlow: false,
    loadError: "",
    error: "",
    copied: false,

    // Lifecycle

    init() {
      Object.assign(this.collection, getProps(this.$el));
      this.startTabs();
      this.readFormat();
      this.startClock();
      this.$watch("now", () => this.updateEdges());
      this.stopAutoRefresh = startAutoRefresh(() => this.refresh());
      this.watchWidth();
      this.load();
    },

    destroy() {
      this.stopClock();
      this.stopAutoRefresh();
      this.stopTabs();
      this.stopWatchingWidth();
    },

    // Actions

    async load() {
      this.loadError = "";
      try {
        await showIfSlow(this, this.fetch());
        this.isLoaded = true;
        await Promise.all([this.loadSeries(), this.takeSample()]);
      } catch (problem) {
        this.loadError = problem.message;
      }
    },

    /** Load the collection and its spikes; the sample is kept until it is requested again. */
    async fetch() {
      const isStale = this.startFetch();
      const [collection, spikes] = await Promise.all([
        get(`/api/collections/${this.collection.id}`),
        this.fetchSpikes(),
      ]);
      if (isStale()) return;
      this.collection = collection;
      this.showSpikes(spikes);
      this.updateEdges();
    },

    /** Reload in the background; an error is ignored until the next reload. */
    async refresh() {
      await this.fetch().catch(() => {});
    },

    async edit() {
      const changed = await askCollection({ mode: "edit", collection: this.collection });
      if (!changed) return;
      this.collection = changed;
      document.title = `${changed.name} · Spikecast`;
      toast(`“${changed.name}” saved.`);
      this.takeSample();
    },

    async copy() {
      const made = await askCollection({ mode: "copy", collection: this.collection });
      if (!made) return;
      toastOnNextPage(`“${this.collection.name}” copied as “${made.name}”.`);
      window.location.assign(withPrefix(`/collections/${made.id}`));
    },

    async deleteCollection() {
      const { id, name } = this.collection;
      await this.showErrors(async () => {
        const text = formatImpact([await get(`/api/collections/${id}/impact`)]);
        const question = { title: `Delete “${name}”?`, text, more: "Polls will return 404." };
        if (!(await confirm({ ...question, verb: "Delete collection" }))) return;
        const path = `/api/collections/${id}`;
        const { outcome } = await deleteIfUnchanged({
          path,
          name,
          seen: this.collection,
          properties: getAllCollectionProperties,
          send: (etag) => remove(path, etag),
        });
        if (outcome !== "saved") return this.refresh();
        toastOnNextPage(`“${name}” deleted.`);
        window.location.assign(withPrefix("/collections"));
      });
    },

    /** Run an action; show its error at the top of the page. */
    async showErrors(action) {
      this.error = "";
      try {
        await action();
      } catch (problem) {
        this.error = problem.message;
        this.$nextTick(() => this.$refs.error.scrollIntoView({ block: "nearest" }));
      }
    },

    async copyAddress() {
      this.copied = await copyInput(this.$refs.address);
      setTimeout(() => {
        this.copied = false;
      }, 2000);
    },

    // Getters

    get hasFields() {
      return this.collection.fields.length > 0;
    },

    get cannotSpike() {
      return this.isLoaded && !this.hasFields;
    },

    get polled() {
      const { last_polled_at: at, last_polled_by: by } = this.collection;
      if (!at) return "Never polled";
      const ago = formatAgo(at, this.now);
      return by ? `Polled ${ago} by ${by}` : `Polled ${ago}`;
    },

    get polledUtc() {
      return this.collection.last_polled_at ? formatUtc(this.collection.last_polled_at) : "";
    },

    get address() {
      return origin() + dataPath(this.collection, this.tab);
    },

    get addressById() {
      return withPrefix(dataPathById(this.collection, this.tab));
    },
  });
