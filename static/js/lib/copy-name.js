// What a copy may be called.

const LONGEST_NAME = 255;

/** The name that is proposed for a copy: "Truck copy", then "Truck copy 2"; never too long. */
export function copyName(name) {
  const [, base, again] = /^(.*) copy(?: (\d+))?$/su.exec(name) ?? [null, name, null];
  const ending = base === name ? " copy" : ` copy ${Number(again ?? 1) + 1}`;
  // Counted in characters as the server counts them, not in UTF-16 units.
  return [...base].slice(0, LONGEST_NAME - ending.length).join("") + ending;
}
