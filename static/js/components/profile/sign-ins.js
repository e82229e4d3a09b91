// The list of the user's sign-ins.

import { get, post, remove } from "../../lib/api.js";
import { formatDevice } from "../../lib/user-agent.js";
import { requestSequence } from "../../lib/request-sequence.js";
import { serverNow } from "../../lib/server-clock.js";
import { formatDateTime, formatUtc } from "../../lib/time.js";
import { toast } from "../../lib/layout-events.js";

export const signIns = () => ({
  items: [],
  startRequest: requestSequence(),
  loading: true,
  loadError: "",

  // Lifecycle

  init() {
    this.changed = () => this.load();
    document.addEventListener("sign-ins-changed", this.changed);
    this.load();
  },

  destroy() {
    document.removeEventListener("sign-ins-changed", this.changed);
  },

  // Actions

  async load() {
    const isStale = this.startRequest();
    this.loading = true;
    this.loadError = "";
    try {
      const { items } = await get("/api/auth/sign-ins");
      if (!isStale()) this.items = items;
    } catch (problem) {
      if (!isStale()) this.loadError = problem.message;
    } finally {
      if (!isStale()) this.loading = false;
    }
  },

  end(item) {
    return this.act(() => remove(`/api/auth/sign-ins/${item.id}`), "Sign-in ended.");
  },

  endOthers() {
    return this.act(() => post("/api/auth/sign-ins/end-others"), "You are signed out everywhere else.");
  },

  async act(action, words) {
    try {
      await action();
      toast(words);
    } catch (problem) {
      this.loadError = problem.message;
      return;
    }
    await this.load();
  },

  // What a row shows

  formatDevice(item) {
    return formatDevice(item.user_agent);
  },

  formatSince(item) {
    return formatDateTime(item.created_at, serverNow());
  },

  formatUtc(item) {
    return formatUtc(item.created_at);
  },

  // Getters

  get hasOthers() {
    return this.items.length > 1;
  },
});
