// Adding and editing a field: `await askField({collectionId, field, collectionType})`.

import { patch, post } from "../../lib/api.js";
import { dialogForm } from "../../lib/dialog-form.js";
import { openDialog } from "../../lib/layout-events.js";
import { getFieldProperties } from "../../lib/field-properties.js";
import { toBody, toChanges, validateField, toForm } from "../../lib/field-form.js";
import { getProps } from "../../lib/page-data.js";
import { mix } from "../../lib/mix.js";
import { formatRule } from "../../lib/format.js";
import { SETTINGS, VALUE_TYPES } from "../../lib/value-types.js";

export const fieldDialog = () =>
  mix(dialogForm("field-dialog"), {
    form: toForm(null),
    collectionId: 0,
    field: null,
    hasSpikes: false,
    help: { types: {}, settings: {} },
    choices: Object.entries(VALUE_TYPES).map(([type, { label }]) => ({ type, label })),

    // Actions

    ask({ collectionId, field = null, collectionType, hasSpikes = false, resolve }) {
      Object.assign(this, { collectionId, field, hasSpikes }, getProps(this.$root));
      this.openWith(toForm(field, collectionType), resolve);
    },

    chooseType(type) {
      this.form.value_type = type;
      this.errors = {};
    },

    type(name, text) {
      this.form[name] = text;
      this.clearError(name);
    },

    save() {
      const body = toBody(this.form);
      const errors = validateField(body, this.form);
      if (Object.keys(errors).length) return this.showErrors(errors);
      const { field } = this;
      if (!field) return this.send(() => post(`/api/collections/${this.collectionId}/fields`, body));
      const path = `/api/fields/${field.id}`;
      return this.saveIfUnchanged({
        path,
        name: field.field_name,
        seen: field,
        properties: getFieldProperties,
        mine: getFieldProperties({ ...field, ...body }),
        send: (etag, base) => patch(path, toChanges(body, base), etag),
      });
    },

    // Inputs

    getSetting(name) {
      return SETTINGS[name];
    },

    getHelp(name) {
      return this.help.settings[name];
    },

    isNumber(name) {
      return SETTINGS[name].kind !== "text";
    },

    // Signed numbers use the full keyboard, because the number pads of some phones have no minus.
    keyboard(name) {
      const { kind, minimum, above } = SETTINGS[name];
      if (!((minimum ?? above) >= 0)) return "text";
      return kind === "integer" ? "numeric" : "decimal";
    },

    // Getters

    get title() {
      return this.field ? `Edit “${this.field.field_name}”` : "New field";
    },

    get verb() {
      if (this.busy) return "Saving…";
      return this.field ? "Save" : "Create field";
    },

    get settings() {
      return VALUE_TYPES[this.form.value_type].settings;
    },

    get purpose() {
      return this.help.types[this.form.value_type];
    },

    /** Return the rule as the list will show it; empty while it is incomplete. */
    get preview() {
      const body = toBody(this.form);
      const { field_name: _name, ...rest } = validateField(body);
      return Object.keys(rest).length ? "" : formatRule(body);
    },

    get spikeWords() {
      const numeric = VALUE_TYPES[this.form.value_type].value_kind === "number";
      if (this.form.collection_type === "Performance" && numeric) return "Spikes can override it.";
      return "Spikes cannot override it: they only change numeric Performance fields.";
    },

    /** Return what saving changes besides the rule. */
    get consequence() {
      if (!this.field) return "";
      const { collection_type: group, value_type: type, start_number: start } = this.form;
      const kindChanged = group !== this.field.collection_type || type !== this.field.value_type;
      if (kindChanged && this.hasSpikes && this.field.is_editable)
        return "Spikes that override this field lose that override.";
      const counting = this.field.current_number !== null && !kindChanged;
      return counting && start !== String(this.field.start_number)
        ? "The counter restarts at its new start value."
        : "";
    },
  });

/** Open the dialog; resolve to the saved field, or to null. */
export const askField = (question) => openDialog("field-dialog", question);
