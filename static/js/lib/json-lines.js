// An answer of the data endpoint, laid out line by line as it came: numbers keep every digit.

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/**
 * The lines of flat JSON with one object within it: `{indent, key, value, tail, spiked}`. A line is
 * spiked where its key, inside `data`, is one of `spiked`.
 */
export function parseLines(text, spiked = new Set()) {
  const lines = [];
  let line = emptyLine(0);
  let depth = 0;
  let afterKey = false;
  const end = () => {
    lines.push(line);
    line = emptyLine(depth);
    afterKey = false;
  };
  for (const token of text.match(TOKEN) ?? []) {
    if (token === "{" || token === "[") {
      line.value += token;
      depth += 1;
      end();
    } else if (token === "}" || token === "]") {
      depth -= 1;
      if (line.key || line.value) end();
      line.indent = depth;
      line.value = token;
    } else if (token === ",") {
      line.tail = ",";
      end();
    } else if (token === ":") {
      afterKey = true;
    } else if (afterKey || depth === 0) {
      line.value = token;
      line.spiked = depth === 2 && spiked.has(JSON.parse(line.key));
    } else {
      line.key = token;
    }
  }
  if (line.key || line.value) lines.push(line);
  return lines;
}

const emptyLine = (indent) => ({ indent, key: "", value: "", tail: "", spiked: false });

/** The served values by field name, each as it was written: a Map, for a field may be called "__proto__". */
export function parseValues(text) {
  const fields = parseLines(text).filter(({ indent, key }) => indent === 2 && key);
  return new Map(fields.map(({ key, value }) => [JSON.parse(key), value]));
}

/** A value as a table shows it: numbers with thousands separators, texts without quotes. */
export function formatValue(value) {
  if (value.startsWith('"')) return JSON.parse(value);
  const [, sign, whole, rest] = /^(-?)(\d+)(.*)$/.exec(value) ?? [];
  if (whole === undefined) return value;
  return `${sign}${whole.replace(/\B(?=(\d{3})+$)/g, ",")}${rest}`;
}
