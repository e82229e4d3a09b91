// What the page of a spike shows: texts and rows of its record.

import { formatCountdown, formatDuration } from "../../lib/durations.js";
import { formatCount } from "../../lib/numbers.js";
import { isOver } from "../../lib/rehearsal-spike.js";
import { buildGlance } from "../../lib/report-glance.js";
import { buildKeyRows, buildServedRows, formatPolls } from "../../lib/report-format.js";
import { PAGE_LABELS, getSpikeStatus } from "../../lib/spike-status.js";
import { formatDateTime, formatUtc, formatUtcRange, formatWindow } from "../../lib/time.js";

const MAX_ROWS = 8;
const NO_GLANCE = { tone: "", label: "", value: "", note: "", facts: [] };

export const spikeReportView = () => ({
  showsAllKeys: false,
  showsAllFields: false,

  // Actions

  toggleKeys() {
    this.showsAllKeys = !this.showsAllKeys;
    this.$nextTick(() => this.drawLanes());
  },

  toggleFields() {
    this.showsAllFields = !this.showsAllFields;
  },

  formatUtc(instant) {
    return formatUtc(instant);
  },

  // The state of the spike

  get name() {
    return this.record?.name ?? this.props.name;
  },

  get startAt() {
    return Date.parse(this.record?.start_datetime);
  },

  get endAt() {
    return Date.parse(this.record?.end_datetime);
  },

  get isOver() {
    return this.record !== null && (this.isGone || isOver(this.record, this.now));
  },

  get status() {
    if (!this.spike) return "";
    return this.isOver ? "expired" : getSpikeStatus(this.spike, this.now);
  },

  get isCancelled() {
    return this.record?.state === "cancelled";
  },

  get badge() {
    return this.isCancelled ? "Cancelled" : (PAGE_LABELS[this.status] ?? "");
  },

  get isActive() {
    return this.status === "active";
  },

  get isPlanned() {
    return this.status === "scheduled";
  },

  get isEditable() {
    return (this.isActive || this.isPlanned) && !this.isGone;
  },

  get mayRunAgain() {
    return this.isOver && !this.isGone;
  },

  // The head

  get windowText() {
    if (!this.record) return "";
    return `${formatWindow(this.startAt, this.endAt, this.now)} (${formatDuration(this.endAt - this.startAt)})`;
  },

  get authorText() {
    return this.record?.created_by ? `by ${this.record.created_by}` : "";
  },

  get utc() {
    return this.record ? formatUtcRange(this.startAt, this.endAt) : "";
  },

  get linkLabel() {
    return this.isLinkCopied ? "Copied" : "Copy link";
  },

  // At a glance

  get countdownLabel() {
    return this.isActive ? "Ends in" : "Starts in";
  },

  get countdown() {
    return this.isEditable ? formatCountdown((this.isActive ? this.endAt : this.startAt) - this.now) : "";
  },

  get countdownNote() {
    return this.isEditable ? formatDateTime(this.isActive ? this.endAt : this.startAt, this.now) : "";
  },

  get progress() {
    return this.isActive ? Math.min(1, Math.max(0, (this.now - this.startAt) / (this.endAt - this.startAt))) : 0;
  },

  get progressText() {
    if (!this.isActive) return "";
    return `${formatDuration(Math.max(0, this.now - this.startAt))} of ${formatDuration(this.endAt - this.startAt)}`;
  },

  get glance() {
    return this.record ? buildGlance(this.record, this.status) : NO_GLANCE;
  },

  // What was served

  get servedRows() {
    return this.record ? buildServedRows(this.record) : [];
  },

  get visibleServedRows() {
    return this.showsAllFields ? this.servedRows : this.servedRows.slice(0, MAX_ROWS);
  },

  get hasManyFields() {
    return this.servedRows.length > MAX_ROWS;
  },

  get fieldsToggle() {
    return this.showsAllFields ? "Show fewer" : `Show all ${this.servedRows.length} fields`;
  },

  get servedTitle() {
    return this.isPlanned ? "Overrides" : "Served";
  },

  get servedNote() {
    if (!this.record) return "";
    if (this.isPlanned) return formatCount(this.record.overrides.length, "field");
    return this.record.polls.length ? `${formatPolls(this.record)} in the window` : "";
  },

  get unchangedText() {
    const unchanged = this.record?.unchanged_fields ?? 0;
    return unchanged ? `${formatCount(unchanged, "field")} unchanged` : "";
  },

  // Who polled

  get keyRows() {
    return this.record ? buildKeyRows(this.record, this.now) : [];
  },

  get visibleKeyRows() {
    return this.showsAllKeys ? this.keyRows : this.keyRows.slice(0, MAX_ROWS);
  },

  get hasManyKeys() {
    return this.keyRows.length > MAX_ROWS;
  },

  get keysToggle() {
    return this.showsAllKeys ? "Show fewer" : `Show all ${this.keyRows.length} keys`;
  },

  get nobodyText() {
    return this.isActive ? "Nobody has polled yet." : "Nobody polled in the window.";
  },
});
