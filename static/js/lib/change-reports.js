// The mixin of lists whose items can be changed.

import { toast } from "./layout-events.js";

/** Report changes of items: as a toast, or as `error`. The component has `load()`, which reloads the list. */
export const changeReports = () => ({
  error: "",

  /**
   * Make a change and reload the list. If `change` resolves to the outcome "saved" (lib/conditional-update.js), show
   * `text` as a toast. Return whether it was saved.
   */
  async applyChange(change, text) {
    this.error = "";
    try {
      const { outcome } = await change();
      if (outcome === "saved") toast(text);
      return outcome === "saved";
    } catch (problem) {
      this.error = problem.message;
      return false;
    } finally {
      await this.load();
    }
  },
});
