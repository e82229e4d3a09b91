// The lanes on the page of a spike: the window, and a line of polls for each key. lib/report-lanes.js calculates them.

import { createReportScale, buildPollLane, buildReportAxis, buildWindowBar, findPoll } from "../../lib/report-lanes.js";
import { buildAlertLane, getDeadlines, getLastAlertTime } from "../../lib/report-lanes.js";
import { formatCount } from "../../lib/numbers.js";
import { getServedEnd } from "../../lib/rehearsal-spike.js";
import { buildServedRows, formatInterval, formatKeyLabel, formatSeconds } from "../../lib/report-format.js";
import { toPx } from "../../lib/time-axis.js";
import { formatOffset, getZoneName } from "../../lib/time-zone.js";
import { formatClockFace } from "../../lib/time.js";
import { formatAlertName, formatEpisode, getExpectationBadge } from "../../lib/verdict-format.js";

const MAX_LANES = 8;
const NO_POINT = { key: -1, left: "", text: "" };
const NO_WINDOW = { served: {}, rest: {}, label: {}, isCut: false, isOutside: false };

export const spikeReportLanes = () => ({
  axis: { ticks: [], edges: [] },
  windowBar: NO_WINDOW,
  windowLabel: "",
  lanes: [],
  alertLanes: [],
  nowLine: { isSeen: false, left: "" },
  pointed: NO_POINT,
  scale: null,

  // Lifecycle

  watchLanes() {
    this.laneWatcher = new ResizeObserver(() => this.drawLanes());
    this.laneWatcher.observe(this.$refs.plot);
  },

  stopWatchingLanes() {
    this.laneWatcher.disconnect();
  },

  // Actions

  drawLanes() {
    const pixels = this.$refs.plot?.clientWidth;
    if (!pixels || !this.record) return;
    const until = getLastAlertTime(this.record, this.startAt);
    const window_ = { start: this.startAt, end: this.endAt, servedEnd: getServedEnd(this.record), until };
    const scale = createReportScale(window_, pixels);
    this.scale = scale;
    this.axis = buildReportAxis(window_, scale);
    this.windowBar = buildWindowBar(window_, scale);
    this.windowLabel = formatWindowLabel(this.record);
    this.nowLine = { isSeen: this.isActive && this.now < scale.to, left: toPx(scale.toVisibleX(this.now)) };
    const polls = this.showsAllKeys ? this.record.polls : this.record.polls.slice(0, MAX_LANES);
    this.lanes = polls.map((poll, index) => ({
      key: index,
      label: formatKeyLabel(poll),
      interval: formatInterval(poll),
      words: describeLane(poll),
      ...buildPollLane(poll, window_, scale),
    }));
    this.alertLanes = getAlerts(this.record, window_).map((alert, index) => ({
      ...alert,
      key: index,
      ...buildAlertLane(alert, { start: this.startAt, now: Math.min(this.now, scale.to) }, scale),
    }));
  },

  /** Show the time of the poll under the pointer. */
  pointAt(event, { key }) {
    if (!this.scale) return;
    const pixel = event.clientX - event.currentTarget.getBoundingClientRect().left;
    const { times } = this.record.polls[key];
    const index = findPoll({ times }, this.startAt, this.scale, pixel);
    if (index < 0) return this.unpoint();
    const at = this.startAt + times[index] * 1000;
    const text = `${formatClockFace(Math.floor(at / 1000) * 1000)}, ${formatSeconds(times[index])} after the start`;
    this.pointed = { key, left: toPx(Math.min(this.scale.toX(at), this.scale.pixels * 0.8)), text };
  },

  unpoint() {
    this.pointed = NO_POINT;
  },

  // Getters

  get zoneText() {
    return this.record ? `${getZoneName()} (${formatOffset(this.startAt)})` : "";
  },

  get hasAfter() {
    return this.lanes.some(({ after }) => after !== "");
  },
});

/** Return the alerts to draw: those that were expected, with their deadlines, and the others. */
function getAlerts({ expectations = [], unexpected = [] }, window_) {
  const expected = expectations.map((each) => ({
    label: formatAlertName(each.match),
    note: getExpectationBadge(each).label,
    tone: getExpectationBadge(each).tone,
    episodes: each.episodes,
    deadlines: getDeadlines(each, window_),
    words: `${each.expects}: ${each.says}`,
  }));
  const others = new Map();
  for (const episode of unexpected) {
    const label = formatAlertName(episode.labels);
    const alert = others.get(label) ?? { label, note: "unexpected", tone: "", episodes: [], deadlines: [], words: "" };
    alert.episodes.push(episode);
    alert.words = `unexpected, ${formatCount(alert.episodes.length, "time")}, first ${formatEpisode(alert.episodes[0])}`;
    others.set(label, alert);
  }
  return [...expected, ...others.values()].filter(({ episodes, deadlines }) => episodes.length || deadlines.length).slice(0, MAX_LANES);
}

function formatWindowLabel(record) {
  const rows = buildServedRows(record);
  if (!rows.length) return "nothing overridden";
  const [{ name, set, was }] = rows;
  const more = rows.length > 1 ? ` and ${rows.length - 1} more` : "";
  return `${name} ${set}, was ${was}${more}`;
}

function describeLane(poll) {
  const { polls, first_after: first, last_polled_at: last } = poll;
  return `${formatCount(polls, "poll")}, first ${formatSeconds(first)} after the start, last at ${formatClockFace(last)}`;
}
