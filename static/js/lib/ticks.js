// Ticking rows of a list, for what is done with many at once.

/** State, actions and getters for a component with `items`; forget what is gone with `keepTicks` once loaded. */
export const ticks = () => ({
  ticked: [],

  tick(id) {
    this.ticked = this.isTicked(id) ? this.ticked.filter((each) => each !== id) : [...this.ticked, id];
  },

  tickAll() {
    this.ticked = this.allTicked ? [] : this.items.map(({ id }) => id);
  },

  untick() {
    this.ticked = [];
  },

  keepTicks() {
    this.ticked = this.ticked.filter((id) => this.items.some((item) => item.id === id));
  },

  isTicked(id) {
    return this.ticked.includes(id);
  },

  get allTicked() {
    return this.items.length > 0 && this.ticked.length === this.items.length;
  },
});
