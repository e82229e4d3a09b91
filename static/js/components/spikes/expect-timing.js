// The numbers of one's monitoring, from which it follows how soon an alert can be expected. Kept in this browser.

import { TIMING_DEFAULTS, formatSeconds } from "../../lib/expect-within.js";
import { parseTiming } from "../../lib/expect-rows.js";

const STORED = "expect-timing";
const INPUTS = [
  { name: "for", label: "The rule’s for" },
  { name: "evaluation", label: "Evaluation interval" },
  { name: "groupWait", label: "group_wait" },
  { name: "groupInterval", label: "group_interval" },
];

/** Create this part of the section; `seen` is the interval of earlier polls in seconds, or null. */
export const expectTiming = (form, seen) => {
  const stored = readStored();
  const texts = Object.fromEntries(INPUTS.map(({ name }) => [name, formatSeconds(stored[name])]));
  return {
    timingInputs: INPUTS,
    ownTiming: stored,
    timingTexts: texts,
    timingErrors: {},

    typeTiming(name, text) {
      this.timingTexts[name] = text;
      const { seconds, error } = parseTiming(text);
      this.timingErrors = { ...this.timingErrors, [name]: error };
      if (error) return;
      this.ownTiming = { ...this.ownTiming, [name]: seconds };
      store(this.ownTiming);
      this.proposeAgain();
    },

    getTimingError(name) {
      return this.timingErrors[name] ?? "";
    },

    /** Whether the polling interval is the one of earlier polls; choosing another in the preview overrules it. */
    get isSeen() {
      return seen !== null && form.interval === this.intervalAtFirst;
    },

    intervalAtFirst: form.interval,

    get timing() {
      return { ...this.ownTiming, poll: this.isSeen ? seen : form.interval };
    },
  };
};

function readStored() {
  let stored = {};
  try {
    stored = JSON.parse(localStorage.getItem(STORED)) ?? {};
  } catch {
    // Not JSON, or no storage.
  }
  const isValid = (value) => Number.isInteger(value) && value >= 0 && value <= 86_400;
  const read = ([name, value]) => [name, isValid(stored[name]) ? stored[name] : value];
  return Object.fromEntries(Object.entries(TIMING_DEFAULTS).map(read));
}

function store(timing) {
  try {
    localStorage.setItem(STORED, JSON.stringify(timing));
  } catch {
    // Without storage, the numbers are those of this page.
  }
}
