// The list of spikes: filters that stand in the address, badges that change at the second, row actions.

import { at } from "../../lib/base.js";
import { get } from "../../lib/api.js";
import { showActive } from "../../lib/active-count.js";
import { marked, showMarked } from "../../lib/marked.js";
import { listOf } from "../../lib/list.js";
import { mix } from "../../lib/mix.js";
import { atMoments } from "../../lib/window-edges.js";
import { refreshing } from "../../lib/auto-refresh.js";
import { serverNow } from "../../lib/server-clock.js";
import { newest } from "../../lib/newest.js";
import { spikeAddress } from "../../lib/spike-filters.js";
import { BADGES, overrideWords, statusOf } from "../../lib/spike-format.js";
import { ticking } from "../../lib/clock-tick.js";
import { ticks } from "../../lib/row-selection.js";
import { standing, utc, windowWords } from "../../lib/time.js";
import { count } from "../../lib/numbers.js";
import { collectionFilter } from "../collections/filter.js";
import { spikeActions } from "./actions.js";

const SHOWN = 2; // overrides in a row
const MINUTE = 60_000;

export const spikeList = () =>
  mix(
    ticking(),
    atMoments(),
    ticks(),
    listOf("/api/spike-schedules", {
      sort: "standing",
      filters() {
        return { status: this.status, collection_id: this.collection };
      },
      address: spikeAddress,
    }),
    collectionFilter(),
    spikeActions(),
    {
      view: "table",
      status: "",
      countsAsked: newest(),
      counts: { all: "", active: "", scheduled: "", expired: "" },
      wide: [],
      minute: Math.floor(serverNow() / MINUTE),
      wanted: { collection: "", search: "", status: "" }, // what the timeline shows
      announced: "",
      saved: null, // what was just saved, where this page of the list lacks it
      savedAt: "",

      // Lifecycle

      init() {
        this.fromAddress();
        this.startTicking();
        this.$watch("now", (now) => {
          const minute = Math.floor(now / MINUTE);
          if (minute !== this.minute) this.minute = minute;
          if (now >= this.moment) this.announce();
          this.settle(() => this.reload());
        });
        this.stopRefreshing = refreshing(() => this.reload());
        this.load();
        this.loadCollections();
      },

      destroy() {
        this.stopTicking();
        this.stopRefreshing();
      },

      loaded() {
        this.keepTicks();
        this.wanted = { collection: this.collection, search: this.search, status: this.status };
        this.awaitMoment(this.items);
        this.loadCounts();
        this.showSaved();
      },

      // Actions

      reload() {
        return this.load();
      },

      /** What was just saved is in sight, whatever is searched for: it comes first where this page lacks it. */
      async showSaved() {
        const { id } = marked();
        const lacks = () => !this.items.some((item) => item.id === id);
        const here = [this.status, this.collection, this.search, this.sort, this.page].join();
        const isFirst = !this.savedAt;
        this.savedAt ||= here;
        if (!id || this.savedAt !== here) return;
        if (isFirst && lacks() && !this.failed) {
          const found = await get(`/api/spike-schedules/${id}`).catch(() => null);
          const copies = found?.spike_fields.filter((copy) => copy.is_overridden);
          this.saved = found && { ...found, spike_fields: copies };
        }
        if (this.saved && lacks()) this.items = [this.saved, ...this.items];
        this.$nextTick(showMarked);
      },

      /** Tell those who do not see the badges which of them have just changed. */
      announce() {
        const changed = this.items.filter((spike) => spike.status !== this.statusOf(spike));
        this.announced = changed.map((spike) => `${spike.name}: ${this.badgeOf(spike)}.`).join(" ");
      },

      async loadCounts() {
        const isLate = this.countsAsked();
        const isWhole = this.collection === "" && this.search === "";
        try {
          const filters = { collection_id: this.collection, search: this.search };
          const counts = await get("/api/spike-schedules/counts", filters);
          const { active } = isWhole ? counts : await get("/api/spike-schedules/counts");
          if (isLate()) return;
          this.counts = counts;
          showActive(active);
        } catch {
          // The numbers stay; the list itself says what is wrong.
        }
      },

      look(view) {
        this.view = view;
        this.load();
      },

      choose(status) {
        this.status = status;
        this.filtersChanged();
      },

      filtersChanged() {
        this.page = 1;
        this.untick();
        this.load();
      },

      clearFilters() {
        Object.assign(this, { status: "", collection: "", collectionName: "", search: "" });
        this.filtersChanged();
      },

      async eraseTicked() {
        await this.erase(this.items.filter(({ id }) => this.ticked.includes(id)));
      },

      isSaved({ id }) {
        return id === marked().id;
      },

      widen({ id }) {
        this.wide = this.wide.includes(id) ? this.wide.filter((each) => each !== id) : [...this.wide, id];
      },

      // What a row shows

      statusOf(spike) {
        return statusOf(spike, this.now);
      },

      badgeOf(spike) {
        return BADGES[this.statusOf(spike)];
      },

      windowOf(spike) {
        return windowWords(spike.start_datetime, spike.end_datetime, this.minute * MINUTE);
      },

      utcOf(spike) {
        return `${utc(spike.start_datetime)} to ${utc(spike.end_datetime)}`;
      },

      standingOf(spike) {
        return standing(spike.start_datetime, spike.end_datetime, this.now);
      },

      shownOf(spike) {
        return this.isWide(spike) ? spike.spike_fields : spike.spike_fields.slice(0, SHOWN);
      },

      wordsOf(copy) {
        return overrideWords(copy);
      },

      isLong(spike) {
        return spike.spike_fields.length > SHOWN;
      },

      isWide({ id }) {
        return this.wide.includes(id);
      },

      moreOf(spike) {
        return this.isWide(spike) ? "less" : `${spike.spike_fields.length - SHOWN} more`;
      },

      // Getters

      get segments() {
        const each = Object.entries(BADGES).map(([status, label]) => ({ status, label, count: this.counts[status] }));
        return [{ status: "", label: "All", count: this.counts.all }, ...each];
      },

      get isFiltered() {
        return Boolean(this.status || this.collection || this.search);
      },

      get tickedWords() {
        return `${count(this.ticked.length, "spike")} ticked`;
      },

      get createHref() {
        return at(this.collection ? `/spikes/new?collection=${this.collection}` : "/spikes/new");
      },

      get windowSort() {
        const start = this.ariaSort("start_datetime");
        return start === "none" ? this.ariaSort("end_datetime") : start;
      },
    },
  );
