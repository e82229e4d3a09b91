// The list of alert receivers, and the panel of one that was just created.

import { withPrefix } from "../../lib/base.js";
import { clockTick } from "../../lib/clock-tick.js";
import { pagedList } from "../../lib/list.js";
import { mix } from "../../lib/mix.js";
import { getUser } from "../../lib/page-data.js";
import { formatLastDelivery, getReceiverPath, hasProblem } from "../../lib/receiver-format.js";
import { formatAgo } from "../../lib/relative-time.js";
import { formatUtc } from "../../lib/time.js";
import { PAGE, SEARCH, flag, sortedBy, urlState } from "../../lib/url-state.js";
import { askReceiver } from "./receiver-dialog.js";
import { receiverSetup } from "./receiver-setup.js";

export const receiverList = () =>
  mix(
    clockTick(),
    pagedList("/api/alert-receivers", {
      sort: "name",
      filters() {
        return { owner_id: this.onlyMine ? getUser().id : "" };
      },
      address: urlState({
        onlyMine: flag("owner", "all", true),
        search: SEARCH,
        sort: sortedBy(["name", "last_received_at", "created_at"], "name"),
        page: PAGE,
      }),
    }),
    receiverSetup(),
    {
      onlyMine: true,

      // Lifecycle

      init() {
        this.startClock();
        this.$watch("now", () => this.lookWhenDue());
        this.guardSecret();
        this.startList();
      },

      destroy() {
        this.stopClock();
        this.stopGuardingSecret();
        this.stopList();
      },

      // Actions

      async create() {
        if (!(await this.forgetToken())) return;
        const made = await askReceiver({});
        if (!made) return;
        this.showToken(made);
        this.load();
      },

      async closeSetup() {
        if (!(await this.forgetToken())) return;
        const { create } = this.$refs; // before the pressed button is removed
        this.receiver = null;
        this.$nextTick(() => create.focus());
      },

      onDelivery() {
        this.load();
      },

      // What a row shows

      getUrl({ id }) {
        return withPrefix(`/receivers/${id}`);
      },

      isNew({ id }) {
        return this.receiver !== null && id === this.receiver.id;
      },

      isRevoked({ status }) {
        return status === "revoked";
      },

      getPath(receiver) {
        return withPrefix(getReceiverPath(receiver));
      },

      formatLastDelivery(receiver) {
        return formatLastDelivery(receiver, this.now);
      },

      formatUtc(instant) {
        return instant ? formatUtc(instant) : "";
      },

      hasProblem,

      formatProblem({ last_problem: problem, last_problem_at: at }) {
        return problem === null ? "" : `${formatAgo(at, this.now)}: ${problem}`;
      },

      // Getters

      get heading() {
        return this.onlyMine ? "Your receivers" : "All receivers";
      },

      get setupTitle() {
        return this.receiver ? `Receiver “${this.receiver.name}” created` : "";
      },
    },
  );
