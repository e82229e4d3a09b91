// Short confirmations at the bottom left. Each stays for some seconds, and longer while the pointer or focus is on it.
// What can be undone is described by data (lib/spike-changes.js), so that the next page can offer it, too.

import { UNREACHABLE } from "../../lib/api.js";

const VISIBLE_MS = 6000;
const UNDO_MS = 10_000;
const STORAGE_KEY = "toast";
const TYPED_INTO = "input, textarea, select, dialog";

let number = 0;

export const toasts = () => ({
  shown: [],

  init() {
    this.listener = (event) => this.show(event.detail);
    this.leave = () => this.keepForNextPage();
    document.addEventListener("toast", this.listener);
    window.addEventListener("pagehide", this.leave);
    const stored = sessionStorage.getItem(STORAGE_KEY);
    if (stored) {
      sessionStorage.removeItem(STORAGE_KEY);
      this.show(JSON.parse(stored));
    }
  },

  destroy() {
    document.removeEventListener("toast", this.listener);
    window.removeEventListener("pagehide", this.leave);
  },

  show({ text, undo = null, href = "", until = 0 }) {
    const left = until ? until - Date.now() : Infinity;
    if (left <= 0) return;
    const visible = Math.min(left, undo ? UNDO_MS : VISIBLE_MS);
    const toast = { id: ++number, text, href, undo, canUndo: Boolean(undo), until: Date.now() + visible };
    this.shown.push(toast);
    this.leaveLater(toast.id, visible);
  },

  leaveLater(id, milliseconds) {
    setTimeout(() => {
      if (this.$root.matches(":hover, :focus-within")) this.leaveLater(id, VISIBLE_MS);
      else this.dismiss(id);
    }, milliseconds);
  },

  dismiss(id) {
    this.shown = this.shown.filter((toast) => toast.id !== id);
  },

  async undo({ id, text, undo }) {
    this.dismiss(id);
    const module = await import("../spikes/undo.js").catch(() => null);
    if (module) return module.undo(undo);
    this.show({ text: UNREACHABLE });
    this.show({ text, undo });
    return undefined;
  },

  /** Undo by Ctrl+Z or ⌘Z, except where it undoes typing. */
  undoByKey(event) {
    const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z";
    if (!isUndo || !this.latest || event.target.closest(TYPED_INTO)) return;
    event.preventDefault();
    this.undo(this.latest);
  },

  /** Let the next page show the rest of a toast, first of one with Undo, unless it has another one to show. */
  keepForNextPage() {
    const toast = this.latest ?? this.shown.at(-1);
    if (!toast || sessionStorage.getItem(STORAGE_KEY)) return;
    const { text, href, undo, until } = toast;
    sessionStorage.setItem(STORAGE_KEY, JSON.stringify({ text, href, undo, until }));
  },

  // Getters

  get latest() {
    return this.shown.findLast(({ canUndo }) => canUndo);
  },
});

/** Show a toast on the next page; `href` links to its subject, `undo` is as in `toast`. */
export const toastOnNextPage = (text, href = "", undo = null) =>
  sessionStorage.setItem(STORAGE_KEY, JSON.stringify({ text, href, undo }));
