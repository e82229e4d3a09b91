// The audit log, for Admins: who did what to which thing, from where and when; filters stand in the address.

import { get } from "../../lib/api.js";
import { addressOf, auditAddress, queryOf, usual } from "../../lib/audit-filters.js";
import { about, choices, details, what, who, within } from "../../lib/audit-format.js";
import { listOf } from "../../lib/list.js";
import { mix } from "../../lib/mix.js";
import { refreshing } from "../../lib/auto-refresh.js";
import { moment, utc } from "../../lib/time.js";

const MOST = 200;

export const auditList = () =>
  mix(
    listOf("/api/audit", {
      sort: "-id",
      filters() {
        return queryOf(this, Date.now());
      },
      address: auditAddress,
    }),
    usual(),
    {
      outcomes: [
        { outcome: "", label: "All" },
        { outcome: "done", label: "Done" },
        { outcome: "refused", label: "Refused" },
      ],
      periods: [
        { period: "", label: "At any time" },
        { period: "hour", label: "In the last hour" },
        { period: "day", label: "In the last 24 hours" },
        { period: "week", label: "In the last 7 days" },
        { period: "month", label: "In the last 30 days" },
        { period: "between", label: "Between …" },
      ],
      groups: choices(),
      people: [],
      thingName: "",

      // Lifecycle

      init() {
        this.fromAddress();
        this.stopRefreshing = refreshing(() => this.load());
        this.load();
        this.loadPeople();
      },

      destroy() {
        this.stopRefreshing();
      },

      // Actions

      async loadPeople() {
        const users = await get("/api/users", { per_page: MOST, sort: "username" }).catch(() => ({ items: [] }));
        this.people = [
          ...users.items.map(({ id, username }) => ({ who: String(id), label: username })),
          { who: "command line", label: "Command line" },
          { who: "server", label: "Server" },
        ];
      },

      choose(filter, value) {
        this[filter] = value;
        this.page = 1;
        this.load();
      },

      only(entry) {
        this.thingName = about(entry);
        this.choose("thing", `${entry.thing_kind} ${entry.thing_id}`);
      },

      showAll() {
        Object.assign(this, usual());
        this.load();
      },

      // What a row shows

      whenOf(entry) {
        return moment(entry.noted_at, Date.now());
      },

      utcOf(entry) {
        return utc(entry.noted_at);
      },

      whoOf(entry) {
        return who(entry);
      },

      whatOf(entry) {
        return what(entry);
      },

      detailsOf(entry) {
        return details(entry, Date.now());
      },

      aboutOf(entry) {
        return about(entry);
      },

      withinOf(entry) {
        return within(entry);
      },

      // Getters

      get thingWords() {
        return this.thingName || this.thing;
      },

      get hasMore() {
        return this.thing !== "" || this.period === "between";
      },

      get isFirst() {
        return this.isEmpty && addressOf("", this) === "";
      },

      get nothingFound() {
        return this.isEmpty && addressOf("", this) !== "";
      },
    },
  );
