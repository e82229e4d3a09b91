// Where one is signed in, and ending it.

import { get, post, remove } from "../../lib/api.js";
import { deviceWords } from "../../lib/user-agent.js";
import { newest } from "../../lib/newest.js";
import { serverNow } from "../../lib/server-clock.js";
import { moment, utc } from "../../lib/time.js";
import { toast } from "../../lib/toast.js";

export const signIns = () => ({
  items: [],
  asked: newest(),
  loading: true,
  failed: "",

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
    const isLate = this.asked();
    this.loading = true;
    this.failed = "";
    try {
      const { items } = await get("/api/auth/sign-ins");
      if (!isLate()) this.items = items;
    } catch (problem) {
      if (!isLate()) this.failed = problem.message;
    } finally {
      if (!isLate()) this.loading = false;
    }
  },

  end(item) {
    return this.act(() => remove(`/api/auth/sign-ins/${item.id}`), "The sign-in has ended.");
  },

  endOthers() {
    return this.act(() => post("/api/auth/sign-ins/end-others"), "All other sign-ins have ended.");
  },

  async act(action, words) {
    try {
      await action();
      toast(words);
    } catch (problem) {
      this.failed = problem.message;
      return;
    }
    await this.load();
  },

  // What a row shows

  deviceOf(item) {
    return deviceWords(item.user_agent);
  },

  sinceOf(item) {
    return moment(item.created_at, serverNow());
  },

  utcOf(item) {
    return utc(item.created_at);
  },

  // Getters

  get hasOthers() {
    return this.items.length > 1;
  },
});
