// A combobox for choosing a collection; the server searches the list.

import { get } from "../../lib/api.js";
import { debounce } from "../../lib/debounce.js";
import { requestSequence } from "../../lib/request-sequence.js";

const MAX_LISTED = 20;

/**
 * State and actions; the component has `choose(collection)`, and calls `showChoice(name)` to show the current
 * choice.
 */
export const collectionChoice = () => ({
  choices: [],
  choicesOpen: false,
  choicesError: "",
  choicesTotal: 0,
  choiceAt: -1,
  choiceText: "",
  choiceName: "",
  startChoicesRequest: requestSequence(),
  choicesQuery: null, // the search that the choices belong to

  // Actions

  showChoice(name) {
    Object.assign(this, { choiceName: name, choiceText: name });
  },

  openChoices() {
    if (this.choicesOpen) return;
    Object.assign(this, { choicesOpen: true, choiceAt: -1 });
    this.findChoices("");
  },

  /** Close the list; without a new choice, the input shows the previous one. */
  closeChoices() {
    this.findChoicesSoon.cancel();
    Object.assign(this, { choicesOpen: false, choiceAt: -1, choiceText: this.choiceName });
  },

  searchChoices() {
    this.choicesOpen = true;
    this.findChoicesSoon();
  },

  findChoicesSoon: debounce(function search() {
    this.findChoices(this.choiceText.trim());
  }),

  async findChoices(search) {
    const isStale = this.startChoicesRequest();
    this.choicesError = "";
    try {
      const { items, total } = await get("/api/collections", { search, per_page: MAX_LISTED, sort: "name" });
      if (isStale()) return;
      const choiceAt = search && items.length ? 0 : -1;
      Object.assign(this, { choices: items, choicesTotal: total, choicesQuery: search, choiceAt });
    } catch (problem) {
      if (!isStale()) this.choicesError = problem.message;
    }
  },

  moveChoice(step) {
    if (!this.choicesOpen) return this.openChoices();
    if (!this.choices.length) return undefined;
    this.choiceAt = (this.choiceAt + step + this.choices.length) % this.choices.length;
    this.$nextTick(() => document.getElementById(this.choiceId)?.scrollIntoView({ block: "nearest" }));
    return undefined;
  },

  /** Handle Enter: use the text as typed, even if its choices have not been loaded yet. */
  async confirmChoice() {
    const text = this.choiceText.trim();
    if (this.choicesOpen && text !== this.choiceName && text !== this.choicesQuery) {
      this.findChoicesSoon.cancel();
      await this.findChoices(text);
      if (this.choiceText.trim() !== text || this.choicesQuery !== text) return;
    }
    if (this.choicesOpen && this.choices[this.choiceAt]) this.pickChoice(this.choices[this.choiceAt]);
  },

  pickChoice(collection) {
    this.showChoice(collection.name);
    this.closeChoices();
    this.choose(collection);
  },

  isAtChoice(collection) {
    return this.choices[this.choiceAt]?.id === collection.id;
  },

  // Getters

  get choiceId() {
    return this.choices[this.choiceAt] ? `choice-${this.choices[this.choiceAt].id}` : "";
  },

  get moreChoicesText() {
    const more = this.choicesTotal - this.choices.length;
    return more > 0 ? `${more} more: type a part of the name.` : "";
  },
});
