// Labels of bars on a time axis. Pure.

const NO_LABEL = { place: "", left: 0, width: 0, name: "", times: "" };

/** Estimate the width of a text without measuring it; the estimate errs on the wide side. */
export const estimateTextWidth = (text, charPx = 6.6) => [...text].length * charPx;

/**
 * Return a label `{place, left, width, name, times}` for each bar; `place` is "inside", "right", "left" or "".
 *
 * Each bar has `left` and `right` in pixels, and `texts`: `{name, times, width}`, the most detailed first. The
 * first text that fits is used: inside the bar, else right of it, else left of it. A label never crosses the line
 * for now (`lineX`) or another label. A name that does not fit is clipped inside its bar where at least
 * `minClippedPx` are free.
 */
export function placeLabels(bars, options) {
  let takenPx = 0;
  return bars.map((bar, index) => {
    const limitPx = bars[index + 1]?.left ?? options.pixels;
    const label = findLabel(bar, { ...options, takenPx, limitPx });
    takenPx = label.place === "right" ? label.left + label.width : bar.right;
    return label;
  });
}

function findLabel(bar, options) {
  const { paddingPx, minClippedPx = Infinity } = options;
  const parts = splitAtLine(bar, options.lineX);
  for (const text of bar.texts) {
    const place = findPlace(bar, parts, text, options);
    if (place) return { ...NO_LABEL, ...text, ...place };
  }
  const part = parts.find(({ width }) => width >= minClippedPx);
  if (!part || !bar.texts.length) return NO_LABEL;
  const room = { left: part.left + paddingPx, width: part.width - 2 * paddingPx };
  return { ...NO_LABEL, ...bar.texts.at(-1), place: "inside", ...room };
}

function findPlace(bar, parts, { width }, { lineX, paddingPx, gapPx, takenPx, limitPx }) {
  const inside = parts.find((part) => width + 2 * paddingPx <= part.width);
  if (inside && !bar.isHatched) return { place: "inside", left: inside.left + paddingPx, width: inside.width - 2 * paddingPx };
  const crosses = (left) => lineX !== null && left < lineX && lineX < left + width;
  const right = bar.right + paddingPx;
  if (right + width + gapPx <= limitPx && !crosses(right)) return { place: "right", left: right, width };
  const left = bar.left - paddingPx - width;
  if (left - gapPx >= takenPx && !crosses(left)) return { place: "left", left, width };
  return null;
}

/** Return the bar, or its parts before and after the line. */
function splitAtLine({ left, right }, lineX) {
  const edges = lineX !== null && left < lineX && lineX < right ? [left, lineX, right] : [left, right];
  return edges.slice(1).map((edge, index) => ({ left: edges[index], width: edge - edges[index] }));
}
