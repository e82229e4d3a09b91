// The user's own two-factor sign-in: its state, turning it on and off, recovery codes.

import { origin } from "../../lib/base.js";
import { get, post } from "../../lib/api.js";
import { copyText } from "../../lib/clipboard.js";
import { humanize } from "../../lib/server-errors.js";
import { serverNow } from "../../lib/server-clock.js";
import { formatDateTime, formatUtc } from "../../lib/time.js";
import { toast } from "../../lib/layout-events.js";

const PATH = "/api/auth/two-factor";
const COPIED_FOR_MS = 2000;
const VERBS = { begin: "Continue", scan: "Turn on", renew: "Get new codes", off: "Turn off" };

export const twoFactor = () => ({
  state: { is_on: false, since: null, recovery_codes_left: 0, is_readable: true },
  loading: true,
  loadError: "",
  stage: "state", // or begin → scan → codes; renew → codes; off
  form: { current_password: "", code: "" },
  errors: {},
  error: "",
  busy: false,
  secret: null,
  codes: [],
  areSaved: false,
  isCopied: false,

  // Lifecycle

  init() {
    const panel = this.$root; // `$root` is undefined in a handler of a removed element, such as a pressed button
    const shown = (what) => [...panel.querySelectorAll(what)].find((each) => each.offsetParent !== null);
    this.focus = (what) => this.$nextTick(() => shown(what)?.focus());
    this.askBeforeLeaving = (event) => {
      if (this.stage === "codes" && !this.areSaved) event.preventDefault();
    };
    window.addEventListener("beforeunload", this.askBeforeLeaving);
    this.load();
  },

  destroy() {
    window.removeEventListener("beforeunload", this.askBeforeLeaving);
  },

  // Actions

  async load() {
    this.loadError = "";
    try {
      this.state = await get(PATH);
    } catch (problem) {
      this.loadError = problem.message;
    } finally {
      this.loading = false;
    }
  },

  /** Show a stage with an empty form, and focus its first input. */
  go(stage) {
    Object.assign(this, { stage, form: { current_password: "", code: "" }, errors: {}, error: "" });
    this.focus("input, .two-factor-first");
  },

  async submit() {
    if (this.busy) return;
    Object.assign(this, { busy: true, errors: {}, error: "" });
    try {
      await { begin: this.begin, scan: this.confirm, renew: this.renew, off: this.turnOff }[this.stage].call(this);
    } catch (problem) {
      if (!("errors" in problem)) throw problem;
      this.errors = problem.errors;
      if (!Object.keys(problem.errors).length) this.error = problem.message;
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
    this.changed("Two-factor sign-in is on. You are signed out everywhere else.");
  },

  async renew() {
    this.show((await post(`${PATH}/recovery-codes`, this.form)).recovery_codes);
    this.changed("You have new recovery codes. The old ones no longer work.");
  },

  async turnOff() {
    await post(`${PATH}/turn-off`, this.form);
    this.go("state");
    this.changed("Two-factor sign-in is off. You are signed out everywhere else.");
  },

  show(codes) {
    Object.assign(this, { codes, secret: null, areSaved: false });
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
    Object.assign(this, { areSaved: true, isCopied: true });
    setTimeout(() => {
      this.isCopied = false;
    }, COPIED_FOR_MS);
  },

  downloadCodes() {
    const href = URL.createObjectURL(new Blob([this.text], { type: "text/plain" }));
    Object.assign(document.createElement("a"), { href, download: "spikecast-recovery-codes.txt" }).click();
    URL.revokeObjectURL(href);
    this.areSaved = true;
  },

  cancel() {
    this.secret = null;
    this.go("state");
  },

  done() {
    Object.assign(this, { codes: [], areSaved: false });
    this.go("state");
  },

  // Getters

  getError(name) {
    return this.hasError(name) ? humanize(this.errors[name][0]) : "";
  },

  hasError(name) {
    return name in this.errors;
  },

  get isOn() {
    return this.state.is_on;
  },

  get isForm() {
    return this.stage in VERBS;
  },

  get needsPassword() {
    return this.isForm && this.stage !== "scan";
  },

  get needsCode() {
    return this.isForm && this.stage !== "begin";
  },

  get codeLabel() {
    return this.stage === "scan" ? "Code from the app" : "Code from your app, or a recovery code";
  },

  get verb() {
    return this.busy ? "One moment…" : (VERBS[this.stage] ?? "");
  },

  get verbClass() {
    return this.stage === "off" ? "danger" : "primary";
  },

  get qrCodeUrl() {
    return this.secret ? `data:image/svg+xml,${encodeURIComponent(this.secret.qr_svg)}` : "";
  },

  /** Return the secret in groups of four characters. */
  get secretText() {
    return this.secret ? this.secret.secret.match(/.{1,4}/g).join(" ") : "";
  },

  get address() {
    return this.secret?.otpauth_uri ?? "";
  },

  get since() {
    return this.state.since ? formatDateTime(this.state.since, serverNow()) : "";
  },

  get sinceUtc() {
    return this.state.since ? formatUtc(this.state.since) : "";
  },

  get codesLeftText() {
    const count = this.state.recovery_codes_left;
    return `${count} recovery code${count === 1 ? "" : "s"} left`;
  },

  get hasFewCodes() {
    return this.isOn && this.state.recovery_codes_left < 3;
  },

  get text() {
    return `Recovery codes for Spikecast at ${origin()}. Each works once.\n\n${this.codes.join("\n")}\n`;
  },
});
