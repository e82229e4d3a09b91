// Names of copies.

const MAX_NAME_LENGTH = 255;

/** Return the proposed name of a copy: "Truck copy", then "Truck copy 2"; never too long. */
export function buildCopyName(name) {
  const [, base, again] = /^(.*) copy(?: (\d+))?$/su.exec(name) ?? [null, name, null];
  const ending = base === name ? " copy" : ` copy ${Number(again ?? 1) + 1}`;
  // Counted in characters as the server counts them, not in UTF-16 units.
  return [...base].slice(0, MAX_NAME_LENGTH - ending.length).join("") + ending;
}
