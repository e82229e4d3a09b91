// Who polled what, how long ago, and whether that poll got the values of a spike.

import { listOf } from "../../lib/list.js";
import { mix } from "../../lib/mix.js";
import { refreshing } from "../../lib/auto-refresh.js";
import { pollWords } from "../../lib/spike-format.js";
import { utc } from "../../lib/time.js";

const SHOWN = 6;

export const recentPolls = () =>
  mix(listOf("/api/polls", { sort: "-polled_at", perPage: SHOWN }), {
    stopRefreshing: null,

    // Lifecycle

    init() {
      this.stopRefreshing = refreshing(() => this.load());
      this.load();
    },

    destroy() {
      this.stopRefreshing();
    },

    loaded() {
      for (const [index, poll] of this.items.entries()) {
        // Of somebody else's key nothing is told; there may be several of them.
        const key = poll.api_key_id ?? `other ${index}`;
        poll.key = `${poll.collection_id} ${poll.collection_type} ${key}`;
      }
    },

    // What a row shows

    agoOf(poll) {
      return pollWords(poll.polled_at, this.now);
    },

    utcOf(poll) {
      return utc(poll.polled_at);
    },

    /** Of other people's keys nothing is told. */
    keyOf({ api_key_label: label }) {
      return label ?? "Another person’s key";
    },

    gotSpike(poll) {
      return poll.spike_schedule_id !== null;
    },
  });
