// The menu that extends a spike. It loads the next spike when opened, and floats above tables.

import { get } from "../../lib/api.js";
import { mix } from "../../lib/mix.js";
import { requestSequence } from "../../lib/request-sequence.js";
import { serverNow } from "../../lib/server-clock.js";
import { getExtensions } from "../../lib/spike-format.js";
import { menu } from "../layout/menu.js";

const WIDTH_PX = 280;
const HEIGHT_PX = 210;
const MARGIN_PX = 8;

export const extendMenu = () =>
  mix(menu(), {
    extended: null,
    next: null,
    startNextRequest: requestSequence(),
    isNextLoaded: false,
    position: {},
    stopFloating: null,

    // Lifecycle

    destroy() {
      this.stopFloating?.();
    },

    // Actions

    async openMenuFor(spike) {
      if (this.menuOpen) return this.closeMenu();
      Object.assign(this, { extended: spike, next: null, isNextLoaded: false });
      this.placeMenu();
      this.menuOpen = true;
      const isStale = this.startNextRequest();
      const query = { status: "scheduled", sort: "start_datetime", per_page: 1 };
      try {
        const { items } = await get(`/api/collections/${spike.collection_id}/spike-schedules`, query);
        if (isStale()) return undefined;
        this.next = items[0] ?? null;
        this.isNextLoaded = true;
      } catch {
        // The server then decides whether the extension fits.
      }
      return undefined;
    },

    /** Place the menu below the button, or above it without room below; close it when the page scrolls. */
    placeMenu() {
      const button = this.$root.querySelector("[aria-haspopup]").getBoundingClientRect();
      const { clientWidth, clientHeight } = document.documentElement;
      const left = Math.max(MARGIN_PX, Math.min(button.left, clientWidth - WIDTH_PX - MARGIN_PX));
      const isAbove = button.bottom + HEIGHT_PX > clientHeight && button.top > HEIGHT_PX;
      const top = isAbove ? "auto" : `${button.bottom + 4}px`;
      const bottom = isAbove ? `${clientHeight - button.top + 4}px` : "auto";
      this.position = { left: `${left}px`, top, bottom };
      const close = () => this.closeMenu();
      window.addEventListener("scroll", close, { once: true, capture: true });
      window.addEventListener("resize", close, { once: true });
      this.stopFloating = () => {
        window.removeEventListener("scroll", close, { capture: true });
        window.removeEventListener("resize", close);
      };
    },

    // Getters

    get extensions() {
      if (!this.extended) return [];
      const found = getExtensions(this.extended, this.next, serverNow());
      return this.isNextLoaded ? found : found.filter(({ until, body }) => until || body);
    },
  });
