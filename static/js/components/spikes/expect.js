// What the spike expects of alerts, which makes it a test. Its names do not occur in the form, whose scope it shares.

import { get } from "../../lib/api.js";
import { debounce } from "../../lib/debounce.js";
import {
  MAX_ROWS,
  formatRest,
  getTimesChoices,
  newRow,
  propose,
  toExpectation,
  toRow,
  validateRow,
} from "../../lib/expect-rows.js";
import { fromScope, getScopeChoices, isOtherScope, toScope } from "../../lib/expect-scope.js";
import { findTooShort, formatSeconds, formatSum, getSeenInterval, proposeWithin } from "../../lib/expect-within.js";
import { mix } from "../../lib/mix.js";
import { getUser } from "../../lib/page-data.js";
import { formatRelative } from "../../lib/relative-time.js";
import { expectTiming } from "./expect-timing.js";

/** Create the section of this form; `given` are the receivers, the saved rehearsal, and whether it expects something. */
export const spikeExpect = (form, { receivers, rehearsal, isSaved }) =>
  mix(expectTiming(form, rehearsal ? getSeenInterval(rehearsal.polls) : null), {
    receivers,
    receiver: "",
    scope: "",
    scopeLabels: "",
    failsOnOthers: false,
    expectRows: [],

    // Lifecycle

    init() {
      if (isSaved) this.useSaved();
      else this.start();
      form.getExpectErrors = () => this.findErrors();
      this.$watch(() => form.interval, () => this.proposeAgain());
      this.$watch(() => form.collection?.id, () => this.save());
      this.save();
      if (isSaved) this.keepAsBefore();
      form.look();
    },

    useSaved() {
      const present = rehearsal.receiver;
      if (present && !this.receivers.some(({ id }) => id === present.id)) this.receivers = [...this.receivers, present];
      this.receiver = present ? String(present.id) : "";
      Object.assign(this, fromScope(rehearsal.scope, form.collection));
      this.failsOnOthers = rehearsal.fail_on_unexpected;
      this.expectRows = rehearsal.expectations.map(toRow);
    },

    start() {
      this.chooseOnlyReceiver();
      this.expectRows = [newRow("fires", this.timing)];
    },

    chooseOnlyReceiver() {
      if (this.usable.length === 1 && !this.receiver) this.receiver = String(this.usable[0].id);
    },

    /** What a saved spike expects is no change of the form. */
    keepAsBefore() {
      if (form.spike) form.before = JSON.stringify({ ...JSON.parse(form.before), expected: form.expected });
    },

    // Actions

    /** Hand over what is expected to the form, which checks and sends it. */
    save() {
      form.expected = this.expectRows.length ? this.body : null;
    },

    edit(...keys) {
      this.save();
      form.touch(...keys);
    },

    addRow() {
      const kind = this.expectRows.some((row) => row.kind === "fires") ? "quiet" : "fires";
      const row = newRow(kind, this.timing);
      this.expectRows.push(row);
      this.forgetServerErrors();
      this.focus(`spike-expect-${this.expectRows.length - 1}-kind`);
    },

    removeRow(index) {
      this.expectRows.splice(index, 1);
      this.forgetServerErrors();
      const last = this.expectRows.length - 1;
      this.focus(last < 0 ? "spike-expect-add" : `spike-expect-${Math.min(index, last)}-kind`);
    },

    /** Keys of errors count the rows, so that they are void once the rows have changed. */
    forgetServerErrors() {
      this.edit(...Object.keys(form.serverErrors).filter((key) => key.startsWith("expect-")));
    },

    focus(id) {
      this.$nextTick(() => document.getElementById(id)?.focus());
    },

    typeInto(index, part, text) {
      const row = this.expectRows[index];
      row[part] = text;
      if (part === "within") row.isWithinTyped = true;
      if (part === "resolves") row.isResolvesTyped = true;
      this.edit(`expect-${index}-${part}`);
    },

    /** Propose durations again, except where they were typed. */
    proposeAgain() {
      this.expectRows = this.expectRows.map((row) => propose(row, this.timing));
      this.edit();
    },

    useProposal() {
      this.expectRows = this.expectRows.map((row) => ({ ...row, isWithinTyped: false }));
      this.proposeAgain();
    },

    choose(part, value) {
      this[part] = value;
      this.edit(`expect-${part}`, "expect-scope");
    },

    checkFails(event) {
      this.failsOnOthers = event.target.checked;
      this.edit();
    },

    makeLonger() {
      form.chooseDuration(this.tooShort.seconds * 1000);
      this.focus("spike-length");
    },

    /** Load the receivers again, for one may have been made in another tab. */
    lookForReceivers: debounce(async function look() {
      const found = await get("/api/alert-receivers", { sort: "name", per_page: 200 }).catch(() => null);
      if (!found) return;
      this.receivers = found.items;
      this.chooseOnlyReceiver();
      this.edit();
    }, 0),

    // Checking

    findErrors() {
      const errors = {};
      if (!this.expectRows.length) return errors;
      if (!this.receiver && form.isSubmitted) errors["expect-receiver"] = "Choose where the alerts arrive.";
      const { error } = toScope(this.scope, this.scopeLabels, form.collection);
      if (error && (form.isSubmitted || this.scopeLabels)) errors["expect-scope"] = error;
      this.expectRows.forEach((row, index) => {
        for (const [part, words] of Object.entries(validateRow(row, form.isSubmitted))) errors[`expect-${index}-${part}`] = words;
      });
      return errors;
    },

    getRowError(index) {
      const parts = ["kind", "alert", "labels", "within", "resolves", "times"];
      return parts.map((part) => form.getError(`expect-${index}-${part}`)).find(Boolean) ?? "";
    },

    isWrong(index, part) {
      return form.getError(`expect-${index}-${part}`) !== "";
    },

    // What the section shows

    getTimes: getTimesChoices,
    formatRest,

    isChosenReceiver({ id }) {
      return String(id) === this.receiver;
    },

    formatReceiver({ name, owner, owner_id: ownerId }) {
      return owner && ownerId !== getUser().id ? `${name} (${owner})` : name;
    },

    // Getters

    get body() {
      return {
        receiver_id: this.receiver ? Number(this.receiver) : null,
        scope: toScope(this.scope, this.scopeLabels, form.collection).labels,
        fail_on_unexpected: this.failsOnOthers,
        expectations: this.expectRows.map(toExpectation),
      };
    },

    /** The receivers that can be chosen: those that can hear something, and the present one. */
    get usable() {
      return this.receivers.filter(({ id, revoked_at: revokedAt }) => !revokedAt || String(id) === this.receiver);
    },

    get hasReceivers() {
      return this.usable.length > 0;
    },

    get mayAddRow() {
      return this.expectRows.length < MAX_ROWS && !form.isReadOnly;
    },

    get expectsFiring() {
      return this.expectRows.some(({ kind }) => kind === "fires");
    },

    get scopeChoices() {
      return getScopeChoices(form.collection);
    },

    get hasOtherScope() {
      return isOtherScope(this.scope);
    },

    get heardText() {
      const found = this.receivers.find(({ id }) => String(id) === this.receiver);
      if (!found || !("last_received_at" in found)) return "";
      return found.last_received_at ? `Last heard ${formatRelative(found.last_received_at, form.now)}.` : "It has not heard anything yet.";
    },

    get sumText() {
      return this.expectsFiring ? formatSum(this.timing, { isSeen: this.isSeen }) : "";
    },

    get proposalText() {
      const proposed = formatSeconds(proposeWithin(this.timing));
      const differs = this.expectRows.some(({ kind, within }) => kind === "fires" && within !== proposed);
      return differs && !form.isReadOnly ? `Use ${proposed}` : "";
    },

    get tooShort() {
      if (!this.expectsFiring || !form.hasWindow || form.isReadOnly) return null;
      return findTooShort(Math.round((form.draft.end - form.draft.start) / 1000), this.timing);
    },

    get remedyText() {
      return this.tooShort ? `Make it ${formatSeconds(this.tooShort.seconds)} long` : "";
    },
  });
