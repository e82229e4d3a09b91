// How to deliver alerts to a receiver: its address, its token while that is known, configuration for tools, and whether
// something has arrived. Part of the list of receivers and of the page of one.

import { get } from "../../lib/api.js";
import { PLACEHOLDER, SENDERS } from "../../lib/alert-senders/index.js";
import { origin } from "../../lib/base.js";
import { copyInput, copyText } from "../../lib/clipboard.js";
import { confirm } from "../../lib/layout-events.js";
import { mix } from "../../lib/mix.js";
import { formatArrival, getReceiverPath } from "../../lib/receiver-format.js";
import { shownOnce } from "../../lib/shown-once.js";

const COPIED_FOR_MS = 2000;
const LOOK_EVERY_MS = 2000;

export const receiverSetup = () =>
  mix(
    shownOnce(function hasSecret() {
      return this.token !== "";
    }),
    {
      receiver: null,
      token: "",
      before: null, // the receiver when waiting for a delivery began; null if nobody waits
      newEpisodes: 0,
      lookedAt: 0,
      isLooking: false,
      senders: SENDERS.map(({ id, name }) => ({ id, name })),
      sender: SENDERS[0].id,
      copied: "",

      // Actions

      /** Show a receiver with its new token, and wait for its first delivery with it. */
      showToken({ token, ...receiver }) {
        Object.assign(this, { receiver, token, wasCopied: false });
        this.waitForDelivery();
        this.$nextTick(() => this.$refs.copyToken.focus());
      },

      waitForDelivery() {
        Object.assign(this, { before: this.receiver, newEpisodes: 0, lookedAt: this.now });
      },

      /** Look again whether something arrived; call it with every tick of the clock. */
      lookWhenDue() {
        const isVisible = document.visibilityState === "visible";
        if (this.receiver && isVisible && !this.isLooking && this.now - this.lookedAt >= LOOK_EVERY_MS) this.look();
      },

      async look() {
        const { id, deliveries } = this.receiver;
        Object.assign(this, { isLooking: true, lookedAt: this.now });
        try {
          const receiver = await get(`/api/alert-receivers/${id}`);
          if (this.before && receiver.deliveries !== deliveries) await this.countEpisodes(id);
          if (this.receiver?.id !== id) return;
          this.receiver = receiver;
          if (receiver.deliveries !== deliveries) this.onDelivery?.();
        } catch {
          // The next look may succeed. Whatever else the page loads says what is wrong.
        } finally {
          this.isLooking = false;
        }
      },

      async countEpisodes(id) {
        const query = { since: this.before.updated_at, per_page: 1 };
        this.newEpisodes = (await get(`/api/alert-receivers/${id}/episodes`, query)).total;
      },

      async copyToken() {
        if (!(await copyInput(this.$refs.token))) return;
        this.$refs.copyToken.focus();
        this.wasCopied = true;
        this.showCopied("token");
      },

      async copyAddress() {
        if (await copyText(this.address)) this.showCopied("address");
      },

      async copyBlock(block) {
        if (!(await copyText(block.text))) return;
        if (this.token && block.text.includes(this.token)) this.wasCopied = true;
        this.showCopied(block.title);
      },

      showCopied(what) {
        this.copied = what;
        setTimeout(() => {
          if (this.copied === what) this.copied = "";
        }, COPIED_FOR_MS);
      },

      /** Forget the token, once it was copied or the user confirms; resolve to whether it is gone. */
      async forgetToken() {
        const question = {
          title: "Close without copying the token?",
          text: "The token cannot be shown again. If you lose it, make a new one.",
          verb: "Close without copying",
        };
        if (this.token && !this.wasCopied && !(await confirm(question))) return false;
        this.token = "";
        return true;
      },

      chooseSender(id) {
        this.sender = id;
        this.$nextTick(() => document.getElementById(`tab-${id}`)?.scrollIntoView({ block: "nearest", inline: "center" }));
      },

      /** Move to another tab with the arrow keys; the focus follows. */
      moveSender(step) {
        const at = SENDERS.findIndex(({ id }) => id === this.sender);
        const { id } = SENDERS[(at + step + SENDERS.length) % SENDERS.length];
        this.chooseSender(id);
        document.getElementById(`tab-${id}`).focus();
      },

      // Getters

      get address() {
        return this.receiver ? origin() + getReceiverPath(this.receiver) : "";
      },

      get instructions() {
        if (!this.receiver) return { notes: [], blocks: [] };
        const { make } = SENDERS.find(({ id }) => id === this.sender);
        const target = { id: this.receiver.id, url: this.address, token: this.token || PLACEHOLDER };
        return { notes: [], ...make(target) };
      },

      get arrival() {
        return this.before ? formatArrival(this.before, this.receiver, this.newEpisodes, this.now) : { state: "", text: "" };
      },
    },
  );
