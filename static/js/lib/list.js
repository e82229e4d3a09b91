// The mixin of lists: load a page of items, search, sort, paging; loading, empty and error states.

import { get } from "./api.js";
import { startAutoRefresh } from "./auto-refresh.js";
import { debounce } from "./debounce.js";
import { showIfSlow } from "./slow-loading.js";
import { requestSequence } from "./request-sequence.js";

/**
 * State and actions of a list that the API serves at `path`, which may be a function; `filters()` returns further query
 * parameters, and `read(item)` an item as the page uses it. Mix it into a component, call `startList()` in its init and `stopList()` in its destroy. With an
 * `address` (lib/url-state.js) the state is kept in the page's URL.
 */
export const pagedList = (path, { sort, perPage = 50, filters = () => ({}), address = null, read = (item) => item }) => ({
  items: [],
  total: 0,
  page: 1,
  perPage,
  search: "",
  sort,
  loading: true,
  isSlow: false,
  loadError: "",
  startRequest: requestSequence(),

  /** Load the list, and reload it regularly. */
  startList() {
    if (address) Object.assign(this, address.readUrl(window.location.search));
    this.stopAutoRefresh = startAutoRefresh(() => this.load());
    this.load();
  },

  stopList() {
    this.stopAutoRefresh();
  },

  async load() {
    const isStale = this.startRequest();
    this.loading = true;
    this.loadError = "";
    try {
      const query = { page: this.page, per_page: this.perPage, search: this.search, sort: this.sort };
      const source = typeof path === "function" ? path.call(this) : path;
      const found = await showIfSlow(this, get(source, { ...query, ...filters.call(this) }));
      if (isStale()) return;
      this.items = found.items.map(read);
      this.total = found.total;
      if (!found.items.length && this.page > 1) {
        this.page = 1;
        await this.load();
      }
    } catch (problem) {
      if (!isStale()) this.loadError = problem.message;
    } finally {
      if (!isStale()) this.loading = false;
    }
    if (isStale()) return;
    if (address) window.history.replaceState(null, "", address.buildUrl(window.location.pathname, this));
    this.onLoaded?.();
  },

  searchSoon: debounce(function search() {
    this.page = 1;
    this.load();
  }),

  sortBy(column) {
    return this.setFilter("sort", this.sort === column ? `-${column}` : column);
  },

  setFilter(name, value) {
    this[name] = value;
    this.page = 1;
    return this.load();
  },

  clearSearch() {
    return this.setFilter("search", "");
  },

  previous() {
    this.page -= 1;
    return this.load();
  },

  next() {
    this.page += 1;
    return this.load();
  },

  ariaSort(column) {
    if (this.sort === column) return "ascending";
    return this.sort === `-${column}` ? "descending" : "none";
  },

  get isEmpty() {
    return !this.loading && !this.loadError && this.items.length === 0;
  },

  get isFiltered() {
    return this.search !== "";
  },

  get first() {
    return this.total ? (this.page - 1) * this.perPage + 1 : 0;
  },

  get last() {
    return Math.min(this.page * this.perPage, this.total);
  },

  get hasPrevious() {
    return this.page > 1;
  },

  get hasNext() {
    return this.page * this.perPage < this.total;
  },

  get range() {
    return `${this.first}–${this.last} of ${this.total}`;
  },
});
