// The dashboard: what is spiking now, what is next. Both change places by themselves, at the second.

import { at } from "../../lib/base.js";
import { get } from "../../lib/api.js";
import { showActive } from "../../lib/active-count.js";
import { marked, showMarked } from "../../lib/marked.js";
import { mix } from "../../lib/mix.js";
import { atMoments } from "../../lib/window-edges.js";
import { newest } from "../../lib/newest.js";
import { refreshing } from "../../lib/auto-refresh.js";
import { serverNow } from "../../lib/server-clock.js";
import { changeWords, fieldsWords, statusOf } from "../../lib/spike-format.js";
import { ticking } from "../../lib/clock-tick.js";
import { countdown, length, moment, utc, windowWords } from "../../lib/time.js";
import { count } from "../../lib/numbers.js";
import { askCollection } from "../collections/dialog.js";
import { firstSteps } from "./first-steps.js";
import { spikeActions } from "../spikes/actions.js";
import { toastOnNextPage } from "../layout/toasts.js";

const FETCHED = 20;
const MOST_ACTIVE = 5;
const MOST_NEXT = 5;
const MOST_CHANGES = 4;

export const dashboard = () =>
  mix(ticking(), atMoments(), spikeActions(), firstSteps(), {
    spikes: [],
    spikesAsked: newest(),
    active: [],
    coming: [],
    activeTotal: 0,
    scheduledTotal: 0,
    placed: "",
    isLoaded: false,
    slow: false,
    failed: "",
    announced: "",

    // Lifecycle

    init() {
      this.startTicking();
      this.$watch("now", () => this.tick());
      this.stopRefreshing = refreshing(() => this.reload());
      setTimeout(() => {
        this.slow = !this.isLoaded && !this.failed;
      }, 300);
      this.reload();
    },

    destroy() {
      this.stopTicking();
      this.stopRefreshing();
    },

    tick() {
      this.place();
      this.settle(() => {
        this.reload();
        document.dispatchEvent(new Event("spikes-changed"));
      });
    },

    // Actions

    async reload() {
      try {
        await Promise.all([this.loadSpikes(), this.loadSteps()]);
        this.isLoaded = true;
        this.failed = "";
      } catch (problem) {
        this.failed = problem.message;
      }
      this.slow = false;
    },

    async loadSpikes() {
      const path = "/api/spike-schedules";
      const isLate = this.spikesAsked();
      const [active, scheduled] = await Promise.all([
        get(path, { status: "active", sort: "end_datetime", per_page: FETCHED }),
        get(path, { status: "scheduled", sort: "start_datetime", per_page: FETCHED }),
      ]);
      if (isLate()) return;
      // One that began between the two answers is in both.
      const seen = new Map([...scheduled.items, ...active.items].map((spike) => [spike.id, spike]));
      this.spikes = [...seen.values()].map(shown);
      Object.assign(this, { activeTotal: active.total, scheduledTotal: scheduled.total, placed: "" });
      this.awaitMoment(this.spikes);
      this.place();
      showActive(active.total);
    },

    /** Each where it belongs at this second; nothing is touched while nothing changes. */
    place() {
      const now = serverNow();
      const of = (status, by) => this.thatAre(status, now).sort((one, other) => one[by] - other[by]);
      const active = of("active", "end").slice(0, MOST_ACTIVE);
      const coming = of("scheduled", "start").slice(0, MOST_NEXT);
      const placed = [active, coming].map((spikes) => spikes.map(({ id }) => id).join()).join(";");
      if (placed === this.placed) return;
      this.announce(active);
      Object.assign(this, { placed, active, coming });
      this.$nextTick(showMarked);
    },

    announce(active) {
      const began = active.filter(({ id }) => !this.active.some((each) => each.id === id));
      const ended = this.active.filter(({ id }) => !active.some((each) => each.id === id));
      if (!this.isLoaded) return;
      const words = (spikes, verb) => spikes.map(({ name }) => `${name} ${verb}.`);
      const all = [...words(began, "is active"), ...words(ended, "has ended")];
      if (all.length) this.announced = all.join(" ");
    },

    async createCollection() {
      const made = await askCollection({ mode: "create" });
      if (!made) return;
      toastOnNextPage(`“${made.name}” created.`);
      window.location.assign(at(`/collections/${made.id}`));
    },

    thatAre(status, now) {
      return this.spikes.filter((spike) => statusOf(spike, now) === status);
    },

    // What a row shows

    isSaved({ id }) {
      return id === marked().id;
    },

    shareOf({ start, end }) {
      return Math.min(1, Math.max(0, (this.now - start) / (end - start)));
    },

    progressOf({ start, end }) {
      return `${length(Math.max(0, this.now - start))} of ${length(end - start)}`;
    },

    countdownOf({ end }) {
      return countdown(end - this.now);
    },

    startsIn({ start }) {
      return length(Math.max(0, start - this.now));
    },

    windowOf(spike) {
      return windowWords(spike.start, spike.end, this.now).replace(/^Today /, "");
    },

    // Getters

    get activeWords() {
      return `${count(Math.max(this.activeTotal, this.active.length), "spike")} active`;
    },

    get moreActive() {
      return this.activeTotal > MOST_ACTIVE;
    },
  });

/** A spike with what its row shows and what does not change while it is shown. */
function shown(spike) {
  const [start, end] = [Date.parse(spike.start_datetime), Date.parse(spike.end_datetime)];
  const change = (copy) => ({ id: copy.id, name: copy.field_name, ...changeWords(copy) });
  const changes = spike.spike_fields.map(change);
  return {
    ...spike,
    start,
    end,
    changes: changes.slice(0, MOST_CHANGES),
    more: changes.length - MOST_CHANGES,
    about: `${spike.collection_name} · ${fieldsWords(spike)}`,
    ends: `ends ${moment(end, serverNow()).replace(/^Today /, "")}`,
    utc: `${utc(start)} to ${utc(end)}`,
  };
}
