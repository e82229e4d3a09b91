// Choosing the collection of a new spike. Loaded only if the page has no collection.

import { get } from "../../lib/api.js";
import { getCarriedOverrides } from "../../lib/carried-overrides.js";
import { formatCount } from "../../lib/numbers.js";
import { requestSequence } from "../../lib/request-sequence.js";

export const spikeChoosing = () => ({
  startCollectionRequest: requestSequence(),

  /** Choose another collection; overrides of fields with the same name and type are kept. */
  async choose({ id, name }) {
    if (id === this.collection?.id) return;
    await this.withBusy(async () => {
      const isStale = this.startCollectionRequest();
      const collection = await get(`/api/collections/${id}`);
      if (isStale()) return;
      await this.useCollection(collection, getCarriedOverrides(this.rows, collection.fields));
      this.touch("collection");
      this.check();
    });
    this.showChoice(this.collection?.name ?? name);
  },

  formatChoice({ field_count: fields, owner }) {
    return `${fields ? formatCount(fields, "field") : "no fields yet"} · ${owner}`;
  },
});
