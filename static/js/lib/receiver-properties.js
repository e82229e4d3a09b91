// The properties of an alert receiver that people edit, for comparing versions.

import { NONE, nameProperty, property } from "./compare-versions.js";
import { formatMatchers } from "./receiver-format.js";

export function getReceiverProperties({ name, ignored, prefix, revoked_at: revoked }) {
  const lines = ignored.map(formatMatchers);
  return [
    nameProperty("name", "Name", name),
    property("ignored", "Ignores", lines, lines.join("; ") || NONE),
    ...(prefix === undefined ? [] : [property("prefix", "Token", prefix, `${prefix}…`)]),
    ...(revoked === undefined ? [] : [property("revoked_at", "Revoked", revoked !== null, revoked ? "yes" : "no")]),
  ];
}
