// The page of an alert receiver: how to deliver to it, and the alerts that arrived.

import { get, post, remove } from "../../lib/api.js";
import { withPrefix } from "../../lib/base.js";
import { clockTick } from "../../lib/clock-tick.js";
import { deleteIfUnchanged, updateIfUnchanged } from "../../lib/conditional-update.js";
import { formatDuration } from "../../lib/durations.js";
import { confirm, toast } from "../../lib/layout-events.js";
import { pagedList } from "../../lib/list.js";
import { mix } from "../../lib/mix.js";
import { formatCount, formatNumber } from "../../lib/numbers.js";
import { getProps, getUser } from "../../lib/page-data.js";
import { formatEnd, formatLabels, formatLastDelivery, formatMatchers, hasProblem } from "../../lib/receiver-format.js";
import { getReceiverProperties } from "../../lib/receiver-properties.js";
import { formatAgo } from "../../lib/relative-time.js";
import { formatDateTime, formatUtc } from "../../lib/time.js";
import { PAGE, SEARCH, urlState } from "../../lib/url-state.js";
import { toastOnNextPage } from "../layout/toasts.js";
import { askReceiver } from "./receiver-dialog.js";
import { receiverSetup } from "./receiver-setup.js";

export const receiverPage = () =>
  mix(
    clockTick(),
    pagedList(
      function path() {
        return `/api/alert-receivers/${this.props.id}/episodes`;
      },
      { sort: "-first_received_at", address: urlState({ search: SEARCH, page: PAGE }) },
    ),
    receiverSetup(),
    {
      props: { id: 0 },
      error: "",

      // Lifecycle

      init() {
        Object.assign(this.props, getProps(this.$el));
        this.startClock();
        this.$watch("now", () => this.lookWhenDue());
        this.guardSecret();
        this.startList();
        this.loadReceiver();
      },

      destroy() {
        this.stopClock();
        this.stopGuardingSecret();
        this.stopList();
      },

      // Actions

      async loadReceiver() {
        try {
          this.receiver = await get(`/api/alert-receivers/${this.props.id}`);
          if (!this.receiver.deliveries) this.waitForDelivery();
        } catch (problem) {
          this.error = problem.message;
        }
      },

      onDelivery() {
        this.load();
      },

      async edit() {
        const saved = await askReceiver({ receiver: this.receiver });
        if (!saved) return;
        this.receiver = saved;
        toast(`“${saved.name}” saved.`);
      },

      async renewToken() {
        const works = this.receiver.status === "active";
        const question = {
          title: `Make a new token for “${this.receiver.name}”?`,
          text: works ? "The present token stops working at once." : "The receiver works again, with the new token.",
          verb: "Make a new token",
          isHarmless: !works,
        };
        if (!(await this.forgetToken()) || !(await confirm(question))) return;
        const answer = await this.change({ send: (etag) => post(`${this.path}/token`, undefined, etag) });
        if (answer?.token) this.showToken(answer);
      },

      async revoke() {
        const question = {
          title: `Revoke “${this.receiver.name}”?`,
          text: "Deliveries get 401 from then on. The alerts that arrived stay. A new token makes it work again.",
          verb: "Revoke",
        };
        if (!(await confirm(question))) return;
        const answer = await this.change({
          send: (etag) => post(`${this.path}/revoke`, undefined, etag),
          isDone: (present) => present.revoked_at !== null,
          verb: () => "Revoke anyway",
        });
        if (!answer) return;
        Object.assign(this, { receiver: answer, token: "", before: null });
        toast(`“${answer.name}” revoked.`);
      },

      async deleteReceiver() {
        const question = {
          title: `Delete “${this.receiver.name}”?`,
          text: "Deliveries get 401 from then on. The alerts that arrived are deleted with it.",
          verb: "Delete receiver",
        };
        if (!(await confirm(question))) return;
        try {
          const change = { ...this.asSeen, send: (etag) => remove(this.path, etag) };
          const { outcome } = await deleteIfUnchanged(change);
          if (outcome !== "saved") return;
          this.token = "";
          toastOnNextPage(`“${this.receiver.name}” deleted.`);
          window.location.assign(withPrefix("/receivers"));
        } catch (problem) {
          this.error = problem.message;
        }
      },

      /** Change the receiver if nobody else has; resolve to the server's answer, or to null. */
      async change(more) {
        this.error = "";
        try {
          const { outcome, answer } = await updateIfUnchanged({ ...this.asSeen, ...more });
          return outcome === "saved" ? answer : null;
        } catch (problem) {
          this.error = problem.message;
          return null;
        }
      },

      // What a row shows

      formatLabels,

      formatReceived({ first_received_at: at }) {
        return formatDateTime(at, this.now);
      },

      formatUtc(instant) {
        return instant ? formatUtc(instant) : "";
      },

      formatEnd(episode) {
        const { first_received_at: first, resolved_received_at: resolved } = episode;
        return formatEnd(episode, formatDuration, new Date(resolved) - new Date(first));
      },

      formatDeliveries({ deliveries }) {
        return `${formatNumber(deliveries)} ×`;
      },

      // Getters

      get path() {
        return `/api/alert-receivers/${this.props.id}`;
      },

      get asSeen() {
        const { path, receiver } = this;
        return { path, name: receiver.name, seen: receiver, properties: getReceiverProperties };
      },

      get name() {
        return this.receiver?.name ?? this.props.name;
      },

      get isMine() {
        return this.receiver?.owner_id === getUser().id;
      },

      get isActive() {
        return this.receiver?.status === "active";
      },

      get isRevoked() {
        return this.receiver?.status === "revoked";
      },

      get lastDelivery() {
        return this.receiver ? formatLastDelivery(this.receiver, this.now) : "";
      },

      get deliveryCount() {
        return this.receiver?.deliveries ? formatCount(this.receiver.deliveries, "delivery", "deliveries") : "";
      },

      /** Whether how to send comes before what arrived. */
      get comesFirst() {
        return this.token !== "" || this.receiver?.deliveries === 0;
      },

      get ignoredText() {
        return this.receiver?.ignored.map(formatMatchers).join("; ") || "Nothing";
      },

      get hasProblem() {
        return this.receiver !== null && hasProblem(this.receiver);
      },

      get earlierProblem() {
        if (!this.receiver?.last_problem || this.hasProblem) return "";
        return `${formatAgo(this.receiver.last_problem_at, this.now)}: ${this.receiver.last_problem}`;
      },
    },
  );
