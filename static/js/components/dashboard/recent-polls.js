// Recent polls: key, collection, time, and whether the poll returned spike values.

import { pagedList } from "../../lib/list.js";
import { mix } from "../../lib/mix.js";
import { formatPollTime } from "../../lib/spike-format.js";
import { formatUtc } from "../../lib/time.js";

const MAX_POLLS = 5;

export const recentPolls = () =>
  mix(pagedList("/api/polls", { sort: "-polled_at", perPage: MAX_POLLS }), {
    // Lifecycle

    init() {
      this.startList();
    },

    destroy() {
      this.stopList();
    },

    onLoaded() {
      for (const [index, poll] of this.items.entries()) {
        // The API does not identify other users' keys; there may be several.
        const key = poll.api_key_id ?? `other ${index}`;
        poll.key = `${poll.collection_id} ${poll.collection_type} ${key}`;
      }
    },

    // What a row shows

    formatAgo(poll) {
      return formatPollTime(poll.polled_at, this.now);
    },

    formatUtc(poll) {
      return formatUtc(poll.polled_at);
    },

    /** Format the key of a poll; other users' keys have no label. */
    formatKey({ api_key_label: label }) {
      return label ?? "Another user’s key";
    },

    gotSpike(poll) {
      return poll.spike_schedule_id !== null;
    },
  });
