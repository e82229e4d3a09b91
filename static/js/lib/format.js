// Fields and their rules as text.

import { formatCount, formatNumber } from "./numbers.js";
import { SETTINGS, getDecimals, getSetting, getType } from "./value-types.js";

export * from "./numbers.js";

const MAX_DECIMALS_SHOWN = 3;

/** Format the rule of a field: "random 5 to 20", "counts up from 10 by 5, resets at 30". */
export const formatRule = (field) => fillIn(getType(field).rule, field);

/** Format the rule briefly, for old beside new: "90–100", "+25 a poll", "14.5". */
export function formatRuleBriefly(field) {
  const { short_rule: template } = getType(field);
  const filled = fillIn(template, field);
  // A dash between the ends, unless it would meet a minus.
  return template.includes("}–{") && filled.includes("-") ? fillIn(template.replace("–", " to "), field) : filled;
}

/** Format the kind of a rule: "random, 1 decimal", "counts up". */
export const formatKind = (field) => fillIn(getType(field).kind_label, field);

/** Format a setting for a rule: "1,200", "2 decimals". */
export function formatSetting(field, name) {
  const { kind, unit } = SETTINGS[name];
  const value = getSetting(field, name);
  if (kind === "text") return value;
  if (unit) return formatCount(value, unit);
  return formatNumber(value, Math.min(getDecimals(field), MAX_DECIMALS_SHOWN));
}

/** Replace the names in braces; leave out a part in brackets if its setting is empty or has its default. */
function fillIn(template, field) {
  const isShown = (name) => getSetting(field, name) !== (SETTINGS[name].default ?? null);
  return template
    .replace(/\[([^\]]*)\]/g, (_whole, part) => (isShown(/\{(\w+)\}/.exec(part)[1]) ? part : ""))
    .replace(/\{(\w+)\}/g, (_whole, name) => formatSetting(field, name));
}
