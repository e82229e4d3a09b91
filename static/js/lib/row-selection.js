// Ticking rows of a list, for what is done with many at once.

/** For a component with `items`; once they are loaded, `keepTicks` forgets what is gone. */
export const rowSelection = () => ({
  selectedIds: [],

  toggleRow(id) {
    this.selectedIds = this.isSelected(id) ? this.selectedIds.filter((each) => each !== id) : [...this.selectedIds, id];
  },

  toggleAll() {
    this.selectedIds = this.allSelected ? [] : this.items.map(({ id }) => id);
  },

  clearSelection() {
    this.selectedIds = [];
  },

  pruneSelection() {
    this.selectedIds = this.selectedIds.filter((id) => this.items.some((item) => item.id === id));
  },

  isSelected(id) {
    return this.selectedIds.includes(id);
  },

  get allSelected() {
    return this.items.length > 0 && this.selectedIds.length === this.items.length;
  },
});
