// The top bar: the menu on phones, the theme, signing out.

import { withPrefix } from "../../lib/base.js";
import { post } from "../../lib/api.js";
import { getProps } from "../../lib/page-data.js";
import { getZoneName } from "../../lib/time-zone.js";
import { toast } from "../../lib/layout-events.js";

const THEMES = { "": "dark", dark: "light", light: "" };

export const shell = () => ({
  open: false,
  theme: document.documentElement.dataset.theme || "",
  zone: getZoneName(),
  activeSpikes: 0,

  init() {
    this.activeSpikes = getProps(this.$el).activeSpikes ?? 0;
    this.count = (event) => {
      this.activeSpikes = event.detail;
    };
    document.addEventListener("active-spikes", this.count);
  },

  destroy() {
    document.removeEventListener("active-spikes", this.count);
  },

  toggle() {
    this.open = !this.open;
  },

  switchTheme() {
    this.theme = THEMES[this.theme];
    localStorage.setItem("theme", this.theme);
    if (this.theme) document.documentElement.dataset.theme = this.theme;
    else delete document.documentElement.dataset.theme;
  },

  /** Open the help by "?", unless it is typed into an input. */
  openHelp(event) {
    if (event.key !== "?" || event.target.closest("input, textarea, select, dialog")) return;
    this.$refs.help.click();
  },

  async signOut() {
    try {
      await post("/api/auth/logout");
      window.location.assign(withPrefix("/sign-in"));
    } catch (problem) {
      toast(`You are still signed in. ${problem.message}`);
    }
  },

  get themeLabel() {
    return { "": "Theme: system", dark: "Theme: dark", light: "Theme: light" }[this.theme];
  },
});
