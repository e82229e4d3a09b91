// A button with a small menu: `x-data="menu"` on the element with class "menu".

export const menu = () => ({
  menuOpen: false,

  toggleMenu() {
    this.menuOpen = !this.menuOpen;
  },

  closeMenu() {
    this.menuOpen = false;
  },

  closeMenuAndFocus() {
    if (!this.menuOpen) return;
    this.menuOpen = false;
    this.$root.querySelector("[aria-haspopup]").focus();
  },

  /** Move through the menu with the arrow keys. */
  moveInMenu(step) {
    if (!this.menuOpen) return;
    const offered = [...this.$root.querySelectorAll(".menu-list :is(a, button):not(:disabled)")];
    const next = offered.indexOf(document.activeElement) + step;
    const chosen = offered[(next + offered.length) % offered.length];
    chosen?.focus();
    // x-show shows the menu in the next frame, and a hidden item cannot be focused.
    if (document.activeElement !== chosen) requestAnimationFrame(() => chosen?.focus());
  },
});
