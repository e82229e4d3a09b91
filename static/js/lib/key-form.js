// The form of an API key: its values, the request body and the validation. Pure.

import { TYPES, groupLimits, parseDate, toDateInput, toExpiry } from "./key-format.js";

/** The choices for the expiry of a key. */
export const EXPIRIES = [
  { value: "never", label: "Never" },
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "date", label: "A date" },
];

/** Return the values of the form for a key, or for a new one. `chosen` maps a collection's id to `{name, types}`. */
export function toForm(key) {
  const chosen = Object.fromEntries(groupLimits(key?.allowed_collections).map(({ id, ...entry }) => [id, entry]));
  return {
    label: key?.label ?? "",
    expiry: key?.expires_at ? "date" : "never",
    date: key?.expires_at ? toDateInput(key.expires_at) : "",
    limited: Boolean(key?.allowed_collections),
    chosen,
  };
}

/** Return the selected collections after one type of a collection was toggled. */
export function toggleLimit(chosen, { id, name }, type) {
  const { [id]: entry = { name, types: [] }, ...others } = chosen;
  const on = !entry.types.includes(type);
  const types = TYPES.filter((each) => (each === type ? on : entry.types.includes(each)));
  return types.length ? { ...others, [id]: { name: entry.name, types } } : others;
}

/** Return the request body: everything for a new key, only the changes for an existing one. */
export function toBody(form, before, now) {
  const body = { label: form.label.trim() };
  if (!before || form.expiry !== before.expiry || form.date !== before.date) {
    body.expires_at = toExpiry(form.expiry, form.date, now);
  }
  const limits = toLimits(form);
  if (!before || JSON.stringify(limits) !== JSON.stringify(toLimits(before)))
    body.allowed_collections = limits;
  return body;
}

/** Return the limits as the API expects them; both types of a collection are one entry without a type. */
export function toLimits({ limited, chosen }) {
  if (!limited) return null;
  return Object.entries(chosen).flatMap(([id, { types }]) => {
    const limited = types.length === TYPES.length ? [null] : types;
    return limited.map((type) => ({ collection_id: Number(id), collection_type: type }));
  });
}

/** Return the errors by input; the server validates again. */
export function validate(form, before, now) {
  const errors = {};
  if (!form.label.trim()) errors.label = "Enter a label, such as the tool that will use the key.";
  const isNew = !before || form.expiry !== before.expiry || form.date !== before.date;
  if (form.expiry === "date" && isNew) {
    if (!parseDate(form.date)) errors.expires_at = "Choose the last day on which the key works.";
    else if (Date.parse(toExpiry("date", form.date, now)) <= now) errors.expires_at = "Must not be in the past.";
  }
  const had = before?.limited && Object.keys(before.chosen).length === 0; // all its collections were transferred
  if (form.limited && !had && Object.keys(form.chosen).length === 0) {
    errors.allowed_collections = "Select at least one collection, or choose “Everything I can read”.";
  }
  return errors;
}

/** Return the server's error for the selected collections, with the collection's name. */
export function getLimitsError(errors, form) {
  const path = Object.keys(errors).find((each) => each.startsWith("allowed_collections"));
  if (!path || path === "allowed_collections") return errors.allowed_collections ?? "";
  const entry = toLimits(form)?.[Number(path.split(".")[1])];
  const name = form.chosen[entry?.collection_id]?.name;
  return name ? `“${name}” was deleted, or you can no longer read it. Deselect it.` : errors[path];
}
