// The confirmation dialog. With `isHarmless`, its button is not red.

import { eventDialog } from "../../lib/event-dialog.js";
import { mix } from "../../lib/mix.js";

export const confirmation = () =>
  mix(eventDialog("confirm"), {
    title: "",
    text: "",
    more: "",
    verb: "Delete",
    cancelText: "Cancel",
    isHarmless: false,

    ask({ title, text = "", more = "", verb = "Delete", cancelText = "Cancel", isHarmless = false, resolve }) {
      Object.assign(this, { title, text, more, verb, cancelText, isHarmless, resolve });
      this.$refs.dialog.showModal();
    },

    accept() {
      this.close(true);
    },

    cancel() {
      this.close(false);
    },
  });
