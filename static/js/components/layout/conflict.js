// The dialog for a change that conflicts with someone else's.

import { eventDialog } from "../../lib/event-dialog.js";
import { mix } from "../../lib/mix.js";

const EMPTY = { name: "", who: "", rows: [], hasForm: false, verb: "", warning: "" };

export const conflict = () =>
  mix(eventDialog("conflict"), {
    ...EMPTY,

    // Actions

    ask({ resolve, ...question }) {
      Object.assign(this, EMPTY, question, { resolve });
      this.$refs.dialog.showModal();
    },

    takeMine() {
      this.close("mine");
    },

    keepTheirs() {
      this.close("theirs");
    },

    requestClose() {
      this.close(this.hasForm ? "edit" : "theirs");
    },

    /** Handle that the browser closed the dialog itself, as a second Escape does. */
    onClosed() {
      if (this.resolve) this.requestClose();
    },

    // Getters

    get title() {
      return `“${this.name}” has changed`;
    },

    get mineLabel() {
      return this.hasForm ? "Yours" : "When you opened it";
    },

    get explanation() {
      return this.hasForm
        ? "Nothing is saved yet. Save mine overwrites their changes. Keep theirs discards yours."
        : "Nothing has been changed yet.";
    },

    get leaveText() {
      return this.hasForm ? "Keep editing" : "Cancel";
    },
  });
