// The audit log, for Admins; its filters are kept in the URL.

import { get } from "../../lib/api.js";
import { auditUrlState, buildUrl, getDefaults, toQuery } from "../../lib/audit-filters.js";
import {
  buildChoices,
  formatAction,
  formatActor,
  formatCollection,
  formatDetails,
  formatSubject,
} from "../../lib/audit-format.js";
import { pagedList } from "../../lib/list.js";
import { mix } from "../../lib/mix.js";
import { formatDateTime, formatUtc } from "../../lib/time.js";

const MAX_LISTED = 200;

export const auditList = () =>
  mix(
    pagedList("/api/audit", {
      sort: "-id",
      filters() {
        return toQuery(this, Date.now());
      },
      address: auditUrlState,
    }),
    getDefaults(),
    {
      outcomes: [
        { outcome: "", label: "All" },
        { outcome: "done", label: "Done" },
        { outcome: "refused", label: "Refused" },
      ],
      periods: [
        { period: "", label: "Any time" },
        { period: "hour", label: "Last hour" },
        { period: "day", label: "Last 24 hours" },
        { period: "week", label: "Last 7 days" },
        { period: "month", label: "Last 30 days" },
        { period: "between", label: "Custom range" },
      ],
      groups: buildChoices(),
      people: [],
      thingName: "",

      // Lifecycle

      init() {
        this.startList();
        this.loadPeople();
      },

      destroy() {
        this.stopList();
      },

      // Actions

      async loadPeople() {
        const users = await get("/api/users", { per_page: MAX_LISTED, sort: "username" }).catch(() => ({ items: [] }));
        this.people = [
          ...users.items.map(({ id, username }) => ({ who: String(id), label: username })),
          { who: "command line", label: "Command line" },
          { who: "server", label: "Server" },
        ];
      },

      showOnly(entry) {
        this.thingName = formatSubject(entry);
        this.setFilter("thing", `${entry.thing_kind} ${entry.thing_id}`);
      },

      clearFilters() {
        Object.assign(this, getDefaults());
        this.load();
      },

      // What a row shows

      formatTime(entry) {
        return formatDateTime(entry.noted_at, Date.now());
      },

      formatUtc(entry) {
        return formatUtc(entry.noted_at);
      },

      formatActor(entry) {
        return formatActor(entry);
      },

      formatAction(entry) {
        return formatAction(entry);
      },

      formatDetails(entry) {
        return formatDetails(entry, Date.now());
      },

      formatSubject(entry) {
        return formatSubject(entry);
      },

      formatCollection(entry) {
        return formatCollection(entry);
      },

      // Getters

      get subjectText() {
        return this.thingName || this.thing;
      },

      get hasMore() {
        return this.thing !== "" || this.period === "between";
      },

      get isFiltered() {
        return buildUrl("", this) !== "";
      },
    },
  );
