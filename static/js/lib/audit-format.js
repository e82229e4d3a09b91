// The audit log in words.

import { formatDateTime, formatWindow } from "./time.js";
import { VALUE_TYPES } from "./value-types.js";

/** Labels of all actions, grouped by subject. */
export const GROUPS = [
  {
    label: "Sign-in and server",
    actions: {
      "sign-in": "Signed in",
      "sign-out": "Signed out",
      "end-sign-in": "Ended a sign-in",
      "end-other-sign-ins": "Ended their other sign-ins",
      "change-password": "Changed a password",
      "change-email": "Changed their e-mail",
      "ask-for-code": "Entered the password, was asked for a code",
      "use-recovery-code": "Used a recovery code",
      "turn-on-two-factor": "Turned on two-factor sign-in",
      "turn-off-two-factor": "Turned off two-factor sign-in",
      "new-recovery-codes": "Got new recovery codes",
      "reset-two-factor": "Reset two-factor sign-in",
      "set-up": "Set up Spikecast",
      request: "Tried something they are not allowed to do",
      restore: "Restored a backup",
    },
  },
  {
    label: "Users",
    kind: "user",
    actions: { "create-user": "Created user", "change-user": "Changed user", "delete-user": "Deleted user" },
  },
  {
    label: "API keys",
    kind: "key",
    actions: {
      "create-key": "Created key",
      "change-key": "Changed key",
      "revoke-key": "Revoked key",
      "delete-key": "Deleted key",
    },
  },
  {
    label: "Alert receivers",
    kind: "receiver",
    actions: {
      "create-receiver": "Created receiver",
      "change-receiver": "Changed receiver",
      "renew-receiver-token": "Made a new token of receiver",
      "revoke-receiver": "Revoked receiver",
      "delete-receiver": "Deleted receiver",
    },
  },
  {
    label: "Collections",
    kind: "collection",
    actions: {
      "create-collection": "Created collection",
      "change-collection": "Changed collection",
      "copy-collection": "Copied collection",
      "delete-collection": "Deleted collection",
    },
  },
  {
    label: "Fields",
    kind: "field",
    actions: {
      "create-field": "Created field",
      "change-field": "Changed field",
      "reset-field": "Reset counter",
      "delete-field": "Deleted field",
    },
  },
  {
    label: "Spikes",
    kind: "spike",
    actions: {
      "create-spike": "Created spike",
      "change-spike": "Changed spike",
      "end-spike": "Ended spike",
      "extend-spike": "Extended spike",
      "delete-spike": "Deleted spike",
      "restore-spike": "Restored deleted spike",
    },
  },
  {
    label: "Records of spikes",
    kind: "rehearsal",
    actions: {
      "change-rehearsal": "Changed what a spike expects",
      "delete-rehearsal": "Deleted the record of a spike",
    },
  },
];
const DONE = Object.assign({}, ...GROUPS.map(({ actions }) => actions));
const REFUSED = {
  "sign-in": "Sign-in",
  "set-up": "Set-up",
  "change-password": "New password",
  "change-email": "New e-mail",
  "turn-on-two-factor": "Turning two-factor sign-in on",
  "turn-off-two-factor": "Turning two-factor sign-in off",
  "new-recovery-codes": "New recovery codes",
  request: "Request",
};
const SOURCES = { "command line": "Command line", server: "Server" };

/** Return the choices of the filter: each action, and all actions on a kind of subject. */
export const buildChoices = () =>
  GROUPS.map(({ label, kind, actions }) => ({
    label,
    choices: [
      ...(kind ? [{ what: `about:${kind}`, label: `All about ${label === "API keys" ? label : label.toLowerCase()}` }] : []),
      ...Object.entries(actions).map(([what, words]) => ({ what, label: words })),
    ],
  }));

/** Format what was done or refused; an unknown action is shown by its own name. */
export function formatAction({ action, outcome }) {
  return (outcome === "refused" && REFUSED[action]) || DONE[action] || action;
}

/** Format who did it; without a signed-in user, the source. */
export const formatActor = ({ actor_name: name, source }) => name ?? SOURCES[source] ?? "Not signed in";

/** Format the subject: "spike “Black Friday”", or "spike 7" if its name was not recorded. */
export const formatSubject = ({ thing_kind: kind, thing_id: id, thing_name: name }) =>
  kind && id ? `${kind} ` + (name === null ? id : `“${name}”`) : "";

/** Format the collection of a field or a spike: "in “Truck 01”". */
export const formatCollection = ({ thing_kind: kind, collection_name: name }) =>
  name !== null && kind !== "collection" ? `in “${name}”` : "";

/** Format further details: "role: Editor → Admin; password". */
export function formatDetails({ details }, now) {
  const { changed = {}, start_datetime: start, end_datetime: end, ...others } = details;
  const words = Object.entries(changed).map(([name, values]) => formatChange(name, values, now));
  if (start && end) words.push(formatWindow(start, end, now));
  for (const [name, value] of Object.entries(others)) words.push(formatDetail(name, value, now));
  return words.filter(Boolean).join("; ");
}

const FORMATTERS = {
  why: (value) => value,
  request: (value) => value,
  as: (value) => `as ${value}`,
  address: (value) => `the one from ${value}`,
  ended: (value) => `${value} ended`,
  left: (value) => `${value} left`,
  original: ({ name }) => `from “${name}”`,
  overrides: (names) => (names.length ? `overrides ${names.join(", ")}` : "overrides nothing"),
  is_limited: (value) => (value ? "limited to collections" : ""),
};

function formatDetail(name, value, now) {
  if (Object.hasOwn(FORMATTERS, name)) return FORMATTERS[name](value);
  return value === null ? "" : `${formatLabel(name)}: ${formatValue(name, value, now)}`;
}

function formatChange(name, values, now) {
  if (values === null) return formatLabel(name);
  if (name === "spike_fields") return formatOverrides(...values);
  return `${formatLabel(name)}: ${formatValue(name, values[0], now)} → ${formatValue(name, values[1], now)}`;
}

/** Format changed overrides: "overrides: cpu: range end 90 → as usual". The log only has those that changed. */
function formatOverrides(before, after) {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const format = (overrides, name) => {
    const settings = Object.hasOwn(overrides, name) ? Object.entries(overrides[name]) : [];
    return settings.map(([setting, value]) => `${formatSetting(setting)} ${value ?? "none"}`).join(", ") || "as usual";
  };
  const changes = names.map((name) => `${name}: ${format(before, name)} → ${format(after, name)}`);
  return `overrides: ${changes.join("; ")}`;
}

const formatSetting = (name) => formatLabel(name.replace(/_(number|float|percentage)$/, ""));

const NAMES = new Map([
  ["spike_fields", "overrides"],
  ["allowed_collections", "collections"],
  ["rehearsal", "expected alerts"],
]);
const formatLabel = (name) => NAMES.get(name) ?? name.replace(/_datetime$/, "").replaceAll("_", " ");

function formatValue(name, value, now) {
  if (value === null) return "none";
  if (name === "value_type" && Object.hasOwn(VALUE_TYPES, value)) return VALUE_TYPES[value].label.toLowerCase();
  return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? formatDateTime(value, now) : String(value);
}
