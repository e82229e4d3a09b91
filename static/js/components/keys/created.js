// The panel of a new key: its text, which is shown only once, and a command to try it. Part of the list of keys.

import { withPrefix, origin } from "../../lib/base.js";
import { get } from "../../lib/api.js";
import { copyInput, copyText } from "../../lib/clipboard.js";
import { offerKey } from "../../lib/key-handover.js";
import { TYPES, groupLimits } from "../../lib/key-format.js";
import { curlLine } from "../../lib/snippets/curl.js";
import { getUrl } from "../../lib/snippets/target.js";
import { getUser } from "../../lib/page-data.js";
import { mix } from "../../lib/mix.js";
import { formatRelative } from "../../lib/relative-time.js";
import { shownOnce } from "../../lib/shown-once.js";
import { formatDateTime, formatUtc } from "../../lib/time.js";
import { confirm } from "../../lib/layout-events.js";

const COPIED_FOR_MS = 2000;

export const keyCreated = () =>
  mix(
    shownOnce(function hasSecret() {
      return this.createdKey !== null;
    }),
    {
      createdKey: null,
      sample: null,
      isKeyCopied: false,
      isCurlCopied: false,

      // Lifecycle

      guardKey() {
        this.guardSecret();
        this.stopOffering = offerKey(() => this.createdKey?.key);
      },

      stopGuardingKey() {
        this.stopGuardingSecret();
        this.stopOffering();
      },

      // Actions

      showKey(made) {
        Object.assign(this, { createdKey: made, sample: null, wasCopied: false, isKeyCopied: false, isCurlCopied: false });
        this.forgetTrial();
        this.$nextTick(() => this.$refs.copyKey.focus());
        this.findSample(made);
      },

      async copyKey() {
        if (!(await copyInput(this.$refs.newKey))) return;
        this.$refs.copyKey.focus();
        this.wasCopied = true;
        this.showCopied("isKeyCopied");
      },

      async copyCurl() {
        if (!(await copyText(this.buildCurl(this.createdKey.key)))) return;
        this.wasCopied = true;
        this.showCopied("isCurlCopied");
      },

      showCopied(flag) {
        this[flag] = true;
        setTimeout(() => {
          this[flag] = false;
        }, COPIED_FOR_MS);
      },

      /** Return whether the key may disappear: it was copied, or the user confirms. */
      async confirmLeaving() {
        if (!this.createdKey || this.wasCopied) return true;
        return confirm({
          title: `Close without copying “${this.createdKey.label}”?`,
          text: "The key cannot be shown again. If you lose it, revoke it and create a new one.",
          verb: "Close without copying",
        });
      },

      async closeKey() {
        if (await this.confirmLeaving()) this.dismissKey();
      },

      dismissKey() {
        const { create } = this.$refs; // before the pressed button is removed
        this.createdKey = null;
        this.forgetTrial();
        this.$nextTick(() => create.focus());
      },

      /** Find a collection that the key can read, for an example command. */
      async findSample(made) {
        try {
          const [limit] = groupLimits(made.allowed_collections);
          const first = limit ?? (await get("/api/collections", { per_page: 1, sort: "name" })).items[0];
          if (!first) return;
          const { id, name, fields } = await get(`/api/collections/${first.id}`);
          const types = first.types ?? TYPES;
          const type = types.find((each) => fields.some((field) => field.collection_type === each)) ?? types[0];
          if (this.createdKey?.id === made.id) this.sample = { collection: { id, name }, type };
        } catch {
          this.sample = null; // only an example; the key is shown without it
        }
      },

      buildCurl(key) {
        return this.sample ? curlLine({ ...this.sample, origin: origin(), key }) : "";
      },

      // Getters

      get trialKey() {
        return this.createdKey.key;
      },

      get trialUrl() {
        return getUrl({ ...this.sample, origin: origin() });
      },

      get createdKeyAccess() {
        return groupLimits(this.createdKey?.allowed_collections).map(({ id, name, types }) => ({
          id,
          name,
          types: types.join(", "),
        }));
      },

      get createdKeyReadsAll() {
        return this.createdKey !== null && this.createdKey.allowed_collections === null;
      },

      get createdKeyExpiry() {
        return this.createdKey?.expires_at ? formatDateTime(this.createdKey.expires_at, this.now) : "Never";
      },

      get createdKeyExpiryUtc() {
        return this.createdKey?.expires_at ? formatUtc(this.createdKey.expires_at) : "";
      },

      get createdKeyTimeLeft() {
        return this.createdKey?.expires_at ? formatRelative(this.createdKey.expires_at, this.now) : "";
      },

      get createdKeyOwner() {
        return getUser().name;
      },

      get maskedCurl() {
        return this.createdKey ? this.buildCurl(`${this.createdKey.prefix}…`) : "";
      },

      get snippetsUrl() {
        return withPrefix(this.sample ? `/integrations?collection=${this.sample.collection.id}&type=${this.sample.type}` : "/integrations");
      },
    },
  );
