// Fields and their rules in words.

import { formatNumber } from "./numbers.js";

export * from "./numbers.js";

export const LABELS = {
  TEXT_FIXED: "Fixed text",
  NUMBER_FIXED: "Fixed integer",
  FLOAT_FIXED: "Fixed float",
  EPOCH_NOW: "Time of the poll",
  NUMBER_RANGE: "Random integer",
  FLOAT_RANGE: "Random float",
  INCREMENT: "Counts up",
  DECREMENT: "Counts down",
};

/** A field's rule in words: "random 5 to 20", "counts up from 10 by 5, back at 30". */
export function formatRule(field) {
  switch (field.value_type) {
    case "TEXT_FIXED":
      return `fixed text “${field.fixed_value_text}”`;
    case "NUMBER_FIXED":
      return `fixed at ${formatNumber(field.fixed_value_number)}`;
    case "FLOAT_FIXED":
      return `fixed at ${formatNumber(field.fixed_value_float)}`;
    case "EPOCH_NOW":
      return "time of the poll";
    case "NUMBER_RANGE":
      return `random ${formatNumber(field.range_start_number)} to ${formatNumber(field.range_end_number)}`;
    case "FLOAT_RANGE":
      return `random ${formatFloat(field, "range_start_float")} to ${formatFloat(field, "range_end_float")}`;
    default:
      return formatCounter(field);
  }
}

const formatFloat = (field, name) => formatNumber(field[name], Math.min(field.float_precision ?? 2, 3));

function formatCounter(field) {
  const up = field.value_type === "INCREMENT" ? "counts up" : "counts down";
  const spread = field.randomization_percentage ? ` ± ${formatNumber(field.randomization_percentage)} %` : "";
  const back = field.reset_number === null || field.reset_number === undefined ? "" : `, back at ${formatNumber(field.reset_number)}`;
  return `${up} from ${formatNumber(field.start_number)} by ${formatNumber(field.step_number)}${spread}${back}`;
}

/** The rule in few words, for old beside new: "90–100", "+25 a poll", "14.5". */
export function formatRuleBriefly(field) {
  switch (field.value_type) {
    case "NUMBER_RANGE":
      return formatRange(formatNumber(field.range_start_number), formatNumber(field.range_end_number));
    case "FLOAT_RANGE":
      return formatRange(formatFloat(field, "range_start_float"), formatFloat(field, "range_end_float"));
    case "INCREMENT":
      return `+${formatNumber(field.step_number)} a poll`;
    case "DECREMENT":
      return `−${formatNumber(field.step_number)} a poll`;
    default:
      return formatRule(field).replace(/^fixed (at|text) /, "");
  }
}

// A dash between the ends, unless it would meet a minus.
const formatRange = (start, end) => (`${start}${end}`.includes("-") ? `${start} to ${end}` : `${start}–${end}`);
