// Creating and editing an alert receiver: `await askReceiver({receiver})`.

import { patch, post } from "../../lib/api.js";
import { dialogForm } from "../../lib/dialog-form.js";
import { openDialog } from "../../lib/layout-events.js";
import { mix } from "../../lib/mix.js";
import { findWrongLine, fromLines, toLines } from "../../lib/receiver-format.js";
import { getReceiverProperties } from "../../lib/receiver-properties.js";

const ALWAYS_FIRING = "alertname=Watchdog\nalertname=DeadMansSwitch\nalertname=InfoInhibitor";

export const receiverDialog = () =>
  mix(dialogForm("receiver-dialog"), {
    form: { name: "", ignored: "" },
    receiver: null,

    // Actions

    ask({ receiver = null, resolve }) {
      this.receiver = receiver;
      const { name = "", ignored } = receiver ?? {};
      this.openWith({ name, ignored: receiver ? toLines(ignored) : ALWAYS_FIRING }, resolve);
    },

    save() {
      const { name, ignored } = this.form;
      const wrong = findWrongLine(ignored);
      if (wrong) return this.showErrors({ ignored: `Line ${wrong} must be label=text, such as alertname=Watchdog.` });
      const body = { name, ignored: fromLines(ignored) };
      if (!this.receiver) return this.send(() => post("/api/alert-receivers", body));
      const path = `/api/alert-receivers/${this.receiver.id}`;
      return this.saveIfUnchanged({
        path,
        name: this.receiver.name,
        seen: this.receiver,
        properties: getReceiverProperties,
        mine: getReceiverProperties({ ...this.receiver, ...body }),
        send: (etag) => patch(path, body, etag),
      });
    },

    // Getters

    get title() {
      return this.receiver ? `Edit “${this.receiver.name}”` : "New receiver";
    },

    get verb() {
      if (this.busy) return "Saving…";
      return this.receiver ? "Save" : "Create receiver";
    },

    /** Return the error of the ignored alerts; the server names an entry of the list. */
    get ignoredError() {
      const path = Object.keys(this.errors).find((each) => each.split(".")[0] === "ignored");
      return path ? this.errors[path] : "";
    },

    get hasIgnoredError() {
      return this.ignoredError !== "";
    },
  });

/** Open the dialog; resolve to the saved receiver, or to null. A new one includes its token. */
export const askReceiver = (question) => openDialog("receiver-dialog", question);
