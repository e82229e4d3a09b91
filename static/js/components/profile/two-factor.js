// One's own two-factor sign-in: its state, turning it on with an app, recovery codes, turning it off.

import { origin } from "../../lib/base.js";
import { get, post } from "../../lib/api.js";
import { copyText } from "../../lib/clipboard.js";
import { humane } from "../../lib/field-form.js";
import { serverNow } from "../../lib/server-clock.js";
import { moment, utc } from "../../lib/time.js";
import { toast } from "../../lib/toast.js";

const PATH = "/api/auth/two-factor";
const SAID_FOR = 2000;
const VERBS = { begin: "Go on", scan: "Turn on", renew: "Get new codes", off: "Turn off" };

export const twoFactor = () => ({
  state: { is_on: false, since: null, recovery_codes_left: 0, is_readable: true },
  loading: true,
  failed: "",
  stage: "state", // or begin → scan → codes; renew → codes; off
  form: { current_password: "", code: "" },
  faults: {},
  fault: "",
  busy: false,
  secret: null,
  codes: [],
  wereKept: false,
  saidCopied: false,

  // Lifecycle

  init() {
    const panel = this.$root; // an element that has left the page, such as a button that was pressed, has none
    const shown = (what) => [...panel.querySelectorAll(what)].find((each) => each.offsetParent !== null);
    this.focus = (what) => this.$nextTick(() => shown(what)?.focus());
    this.askBeforeLeaving = (event) => {
      if (this.stage === "codes" && !this.wereKept) event.preventDefault();
    };
    window.addEventListener("beforeunload", this.askBeforeLeaving);
    this.load();
  },

  destroy() {
    window.removeEventListener("beforeunload", this.askBeforeLeaving);
  },

  // Actions

  async load() {
    this.failed = "";
    try {
      this.state = await get(PATH);
    } catch (problem) {
      this.failed = problem.message;
    } finally {
      this.loading = false;
    }
  },

  /** Go to a stage with an empty form, and to its first input. */
  go(stage) {
    Object.assign(this, { stage, form: { current_password: "", code: "" }, faults: {}, fault: "" });
    this.focus("input, .two-factor-first");
  },

  async submit() {
    if (this.busy) return;
    Object.assign(this, { busy: true, faults: {}, fault: "" });
    try {
      await { begin: this.begin, scan: this.confirm, renew: this.renew, off: this.turnOff }[this.stage].call(this);
    } catch (problem) {
      if (!("errors" in problem)) throw problem;
      this.faults = problem.errors;
      if (!Object.keys(problem.errors).length) this.fault = problem.message;
      this.focus('[aria-invalid="true"]');
    } finally {
      this.busy = false;
    }
  },

  async begin() {
    this.secret = await post(PATH, { current_password: this.form.current_password });
    this.go("scan");
  },

  async confirm() {
    this.show((await post(`${PATH}/confirm`, { code: this.form.code })).recovery_codes);
    this.changed("Two-factor sign-in is on. Your other sign-ins have ended.");
  },

  async renew() {
    this.show((await post(`${PATH}/recovery-codes`, this.form)).recovery_codes);
    this.changed("You have new recovery codes; the former no longer work.");
  },

  async turnOff() {
    await post(`${PATH}/turn-off`, this.form);
    this.go("state");
    this.changed("Two-factor sign-in is off. Your other sign-ins have ended.");
  },

  show(codes) {
    Object.assign(this, { codes, secret: null, wereKept: false });
    this.go("codes");
  },

  async changed(words) {
    toast(words);
    await this.load();
    document.dispatchEvent(new CustomEvent("two-factor-changed", { detail: this.state.is_on }));
    document.dispatchEvent(new CustomEvent("sign-ins-changed"));
  },

  async copyCodes() {
    if (!(await copyText(this.text))) return;
    Object.assign(this, { wereKept: true, saidCopied: true });
    setTimeout(() => {
      this.saidCopied = false;
    }, SAID_FOR);
  },

  downloadCodes() {
    const href = URL.createObjectURL(new Blob([this.text], { type: "text/plain" }));
    Object.assign(document.createElement("a"), { href, download: "spikecast-recovery-codes.txt" }).click();
    URL.revokeObjectURL(href);
    this.wereKept = true;
  },

  cancel() {
    this.secret = null;
    this.go("state");
  },

  done() {
    Object.assign(this, { codes: [], wereKept: false });
    this.go("state");
  },

  // Getters

  faultOf(name) {
    return this.isFaulty(name) ? humane(this.faults[name][0]) : "";
  },

  isFaulty(name) {
    return name in this.faults;
  },

  get isOn() {
    return this.state.is_on;
  },

  get isForm() {
    return this.stage in VERBS;
  },

  get asksPassword() {
    return this.isForm && this.stage !== "scan";
  },

  get asksCode() {
    return this.isForm && this.stage !== "begin";
  },

  get codeLabel() {
    return this.stage === "scan" ? "Code that the app shows now" : "Code of your app, or a recovery code";
  },

  get verb() {
    return this.busy ? "One moment…" : (VERBS[this.stage] ?? "");
  },

  get verbClass() {
    return this.stage === "off" ? "danger" : "primary";
  },

  get picture() {
    return this.secret ? `data:image/svg+xml,${encodeURIComponent(this.secret.qr_svg)}` : "";
  },

  /** In groups of four, as one types it. */
  get secretWords() {
    return this.secret ? this.secret.secret.match(/.{1,4}/g).join(" ") : "";
  },

  get address() {
    return this.secret?.otpauth_uri ?? "";
  },

  get since() {
    return this.state.since ? moment(this.state.since, serverNow()) : "";
  },

  get sinceUtc() {
    return this.state.since ? utc(this.state.since) : "";
  },

  get leftWords() {
    const count = this.state.recovery_codes_left;
    return `${count} recovery code${count === 1 ? "" : "s"} left`;
  },

  get hasFewLeft() {
    return this.isOn && this.state.recovery_codes_left < 3;
  },

  get text() {
    return `Recovery codes for Spikecast at ${origin()}. Each works once.\n\n${this.codes.join("\n")}\n`;
  },
});
