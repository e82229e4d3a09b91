// Selecting rows of a list, for actions on several at once.

import { formatNumber } from "./numbers.js";

/** Selection for a component with `items`; call `pruneSelection` after loading, to drop rows that are gone. */
export const rowSelection = () => ({
  // State

  selectedIds: [],

  // Actions

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

  // Getters

  get allSelected() {
    return this.items.length > 0 && this.selectedIds.length === this.items.length;
  },

  get selectedItems() {
    return this.items.filter(({ id }) => this.selectedIds.includes(id));
  },

  get selectionText() {
    return `${formatNumber(this.selectedIds.length)} selected`;
  },
});
