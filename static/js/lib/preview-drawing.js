// A chart of a preview as SVG. Colours and type are those of preview.css.

import { HEIGHT } from "./preview-chart.js";

function make(name, attributes, ...inside) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...inside);
  return made;
}

const line = (kind, x1, y1, x2, y2) => make("line", { class: `chart-${kind}`, x1, y1, x2, y2 });
const text = (kind, x, y, words) => make("text", { class: `chart-text ${kind}`, x, y }, words);
const box = (kind, x, y, width, height) => make("rect", { class: `chart-${kind}`, x, y, width, height });

/** Draw it into `element`, in the place of what was there. */
export function draw(element, chart) {
  const { width, top, bottom, left, right, span, normal } = chart;
  const paths = (kind, all) => all.map((each) => make("path", { class: `chart-${kind} ${each.kind}`, d: each.path }));
  element.replaceChildren(
    make(
      "svg",
      { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}` },
      box("window", span.from, top, span.to - span.from, bottom - top),
      ...chart.ticks.map(({ x }) => line("grid", x, top, x, bottom)),
      ...chart.levels.map(({ y }) => line("grid", left, y, right, y)),
      box("cap", span.from, top - 3, span.to - span.from, 3),
      ...chart.levels.map(({ y, label }) => text("level", left - 8, y + 4, label)),
      ...chart.ticks.map(({ x, label }) => text("tick", x, bottom + 18, label)),
      ...chart.heads.map((head) => text(head.kind, head.x, top - 9, head.text)),
      ...paths("line", chart.lines),
      ...paths("dots", chart.dots),
      ...(normal?.levels ?? []).map((y) => line("normal", span.from, y, span.to, y)),
      ...(normal?.words ? inWords(normal) : []),
      make("g", { class: "chart-pointer", hidden: "" }, line("pointer-line", 0, top, 0, bottom), make("circle", { r: 4 })),
    ),
  );
}

// On a ground of its own, or dots would run through the words.
const inWords = ({ x, y, width, words }) => [box("window", x, y, width, 14), text("normal", x + 3, y + 11, words)];

/** Mark one poll of what is drawn; none where there is no `point`. */
export function mark(element, point) {
  const pointer = element.querySelector(".chart-pointer");
  pointer?.toggleAttribute("hidden", !point);
  if (!pointer || !point) return;
  pointer.setAttribute("transform", `translate(${point.x})`);
  pointer.querySelector("circle").setAttribute("cy", point.y);
}
