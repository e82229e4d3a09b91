// A response of the data endpoint as lines of JSON; numbers keep every digit.

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/**
 * Parse flat JSON with one nested object into lines: `{indent, key, value, tail, spiked}`. A line is
 * spiked if its key, inside `data`, is one of `spiked`.
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

/** Return the served values by field name, as written. It is a Map, because a field may be named "__proto__". */
export function parseValues(text) {
  const fields = parseLines(text).filter(({ indent, key }) => indent === 2 && key);
  return new Map(fields.map(({ key, value }) => [JSON.parse(key), value]));
}

/** Format a value for a table: numbers with thousands separators, texts without quotes. */
export function formatValue(value) {
  if (value.startsWith('"')) return JSON.parse(value);
  const [, sign, whole, rest] = /^(-?)(\d+)(.*)$/.exec(value) ?? [];
  if (whole === undefined) return value;
  return `${sign}${whole.replace(/\B(?=(\d{3})+$)/g, ",")}${rest}`;
}
