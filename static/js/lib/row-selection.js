// Ticking rows of a list, for what is done with many at once.

/** For a component with `items`; once they are loaded, `keepTicks` forgets what is gone. */
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
