// Fields and their rules in words.

import { number } from "./numbers.js";

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
export function rule(field) {
  switch (field.value_type) {
    case "TEXT_FIXED":
      return `fixed text “${field.fixed_value_text}”`;
    case "NUMBER_FIXED":
      return `fixed at ${number(field.fixed_value_number)}`;
    case "FLOAT_FIXED":
      return `fixed at ${number(field.fixed_value_float)}`;
    case "EPOCH_NOW":
      return "time of the poll";
    case "NUMBER_RANGE":
      return `random ${number(field.range_start_number)} to ${number(field.range_end_number)}`;
    case "FLOAT_RANGE":
      return `random ${float(field, "range_start_float")} to ${float(field, "range_end_float")}`;
    default:
      return counter(field);
  }
}

const float = (field, name) => number(field[name], Math.min(field.float_precision ?? 2, 3));

function counter(field) {
  const up = field.value_type === "INCREMENT" ? "counts up" : "counts down";
  const spread = field.randomization_percentage ? ` ± ${number(field.randomization_percentage)} %` : "";
  const back = field.reset_number === null || field.reset_number === undefined ? "" : `, back at ${number(field.reset_number)}`;
  return `${up} from ${number(field.start_number)} by ${number(field.step_number)}${spread}${back}`;
}

/** The rule in few words, for old beside new: "90–100", "+25 a poll", "14.5". */
export function brief(field) {
  switch (field.value_type) {
    case "NUMBER_RANGE":
      return between(number(field.range_start_number), number(field.range_end_number));
    case "FLOAT_RANGE":
      return between(float(field, "range_start_float"), float(field, "range_end_float"));
    case "INCREMENT":
      return `+${number(field.step_number)} a poll`;
    case "DECREMENT":
      return `−${number(field.step_number)} a poll`;
    default:
      return rule(field).replace(/^fixed (at|text) /, "");
  }
}

// A dash between the ends, unless it would meet a minus.
const between = (start, end) => (`${start}${end}`.includes("-") ? `${start} to ${end}` : `${start}–${end}`);
