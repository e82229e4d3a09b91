// The overrides of the spike: rows of fields, quick factors, resetting, folded rows.

import { VALUE_TYPES } from "../../lib/value-types.js";
import { formatKind } from "../../lib/format.js";
import {
  FACTORS,
  canMultiply,
  isSettingOverridden,
  isMultiplied,
  isOverridden,
  formatNames,
  getNormalTexts,
  toggleFactor,
  formatReason,
  formatReasons,
  buildRow,
  normalizeText,
} from "../../lib/override-rows.js";
import { afterPointerUp } from "../../lib/pointer.js";
import { formatCount, formatNumber } from "../../lib/numbers.js";

const SHOWN_AT_FIRST = 40;

export const spikeOverrides = () => ({
  factors: FACTORS,
  rows: [],
  locked: [],
  find: "",
  isFoldOpen: false,
  maxUnchanged: SHOWN_AT_FIRST,

  // Actions

  /** Create the rows of these fields; `overrides` has the saved overrides by field id, each with its value type. */
  makeRows(fields, overrides = {}) {
    const toRow = (field) => {
      const { type, counter, ...settings } = overrides[field.id] ?? {};
      return type === undefined || type === field.value_type ? buildRow(field, settings, counter) : buildRow(field);
    };
    this.rows = fields.filter((field) => field.is_editable).map(toRow);
    this.locked = fields.filter((field) => !field.is_editable);
    this.find = "";
    this.maxUnchanged = SHOWN_AT_FIRST;
    this.isFoldOpen = !this.rows.some((row) => row.isUp);
  },

  type(row, setting, text) {
    row.texts[setting] = text;
    if (!row.isUp && isOverridden(row)) this.moveRowUp(row, row.inputs.find((input) => input.setting === setting).id);
    this.touch(`${row.id}.${setting}`);
  },

  tidy(row, setting) {
    if (!row.isMoving) row.texts[setting] = normalizeText(row, setting);
  },

  /**
   * Move a changed row up to the other changed rows. The input or button with this id
   * keeps its position on the screen, the focus and the caret.
   */
  moveRowUp(row, id) {
    const before = document.getElementById(id);
    const { top } = before.getBoundingClientRect();
    const caret = before.selectionStart;
    Object.assign(row, { isUp: true, isMoving: true });
    this.$nextTick(() => {
      const after = document.getElementById(id);
      after?.focus({ preventScroll: true });
      if (caret !== undefined) after?.setSelectionRange(caret, caret);
      if (after) window.scrollBy(0, after.getBoundingClientRect().top - top);
      Object.assign(row, { isMoving: false, cameUp: true });
    });
  },

  /** After a row has moved up, Tab continues where it was before. */
  leaveByTab(row, event) {
    if (event.shiftKey || !row.cameUp) return;
    const stops = [...event.currentTarget.querySelectorAll("input, button")];
    const last = stops.findLast((stop) => stop.tabIndex >= 0 && !stop.disabled && stop.offsetParent);
    const index = this.rows.indexOf(row);
    const next = this.unchangedVisible.find((other) => this.rows.indexOf(other) > index);
    if (event.target !== last || !next || !this.isFoldOpen) return;
    event.preventDefault();
    document.getElementById(next.inputs[0].id)?.focus();
  },

  /** Move a reset row down again, but only when the user leaves it. */
  leaveRow(row, event) {
    if (row.isMoving || event.currentTarget.contains(event.relatedTarget)) return;
    row.cameUp = false;
    afterPointerUp(() => {
      row.isUp = isOverridden(row);
      if (!this.rows.some(({ isUp }) => isUp)) this.isFoldOpen = true;
    });
  },

  press(row, factor) {
    Object.assign(row.texts, toggleFactor(row, factor.by));
    row.stop = factor.by;
    if (!row.isUp && isOverridden(row)) this.moveRowUp(row, this.factorId(row, factor));
    this.touchRow(row);
    this.pickIfNone(row.id);
  },

  /** Move between factors with the arrow keys, Home and End. */
  moveFactor(row, step) {
    const usable = FACTORS.filter(({ by }) => canMultiply(row, by));
    if (!usable.length) return;
    const index = usable.findIndex(({ by }) => by === this.getFactorStop(row)) + step;
    const factor = usable[Math.min(usable.length - 1, Math.max(0, index))];
    row.stop = factor.by;
    document.getElementById(this.factorId(row, factor)).focus();
  },

  resetRow(row) {
    row.saved = {};
    Object.assign(row.texts, getNormalTexts(row));
    this.touchRow(row);
    this.$nextTick(() => document.getElementById(row.inputs[0].id)?.focus({ preventScroll: true }));
  },

  resetAll() {
    for (const row of this.rows) {
      row.saved = {};
      Object.assign(row.texts, getNormalTexts(row));
      row.isUp = false;
      this.touchRow(row);
    }
    this.isFoldOpen = true;
  },

  touchRow(row) {
    this.touch(...row.inputs.map(({ setting }) => `${row.id}.${setting}`));
  },

  toggleFold(event) {
    this.isFoldOpen = event.target.open;
  },

  showMore() {
    this.maxUnchanged += 200;
  },

  /** Make the row of an input visible. */
  showRow(inputId) {
    const row = this.rows.find(({ inputs }) => inputs.some(({ id }) => id === inputId));
    if (!row) return;
    this.find = "";
    row.isUp = true;
  },

  // What a row shows

  rowById(id) {
    return this.rows.find((row) => row.id === id);
  },

  isSpiked(row, setting) {
    return isSettingOverridden(row, setting);
  },

  kind(row) {
    return formatKind({ ...row.field, ...row.saved });
  },

  /** Return whether the spike overrides the decimals, which only scripts can do. */
  hasOwnDecimals(row) {
    return VALUE_TYPES[row.type].decimals in row.saved;
  },

  isChanged(row) {
    return isOverridden(row);
  },

  factorId(row, { by }) {
    return `factor-${row.id}-${by}`;
  },

  isPressed(row, { by }) {
    return isMultiplied(row, by);
  },

  cannotPress(row, { by }) {
    return !canMultiply(row, by);
  },

  /** Return the factor that Tab focuses: the last used one, else the pressed one, else the first. */
  getFactorStop(row) {
    const usable = FACTORS.filter(({ by }) => canMultiply(row, by));
    const stop = usable.find(({ by }) => by === row.stop) ?? usable.find(({ by }) => isMultiplied(row, by));
    return (stop ?? usable[0])?.by ?? 0;
  },

  getTabIndex(row, { by }) {
    return this.getFactorStop(row) === by ? 0 : -1;
  },

  /** Return whether a counter continues from the collection's value, because its start is not overridden. */
  goesOn(row, setting) {
    return setting === "start_number" && !isSettingOverridden(row, setting);
  },

  getRowErrors(row) {
    return row.inputs
      .map(({ setting, id }) => ({ id: `${id}-error`, text: this.getError(`${row.id}.${setting}`) }))
      .filter(({ text }) => text);
  },

  // Signed numbers use the full keyboard, because the number pads of some phones have no minus.
  keyboard(row, setting) {
    const value = row.field[setting];
    return value !== null && value < 0 ? "text" : "decimal";
  },

  reason(field) {
    return formatReason(field);
  },

  // Getters

  get found() {
    const text = this.find.trim().toLowerCase();
    return text ? this.rows.filter(({ name }) => name.toLowerCase().includes(text)) : this.rows;
  },

  get changedRows() {
    return this.found.filter((row) => row.isUp);
  },

  get unchanged() {
    return this.found.filter((row) => !row.isUp);
  },

  get unchangedVisible() {
    return this.unchanged.slice(0, this.maxUnchanged);
  },

  get hasMoreUnchanged() {
    return this.unchanged.length > this.maxUnchanged;
  },

  get moreUnchangedText() {
    return `Show ${formatNumber(Math.min(200, this.unchanged.length - this.maxUnchanged))} more of ${formatNumber(this.unchanged.length)}`;
  },

  get overridden() {
    return this.rows.filter(isOverridden).length;
  },

  get overriddenText() {
    return this.rows.length ? `${formatNumber(this.overridden)} of ${formatCount(this.rows.length, "field")}` : "";
  },

  get unchangedText() {
    return `${formatCount(this.unchanged.length, "field")} unchanged`;
  },

  get unchangedNames() {
    return formatNames(this.unchanged);
  },

  get lockedText() {
    return `${formatCount(this.locked.length, "field")} cannot be overridden`;
  },

  get lockedReasons() {
    return formatReasons(this.locked);
  },

  get foundNothing() {
    return this.rows.length > 0 && this.found.length === 0;
  },

  get hasManyFields() {
    return this.rows.length > 4;
  },
});
