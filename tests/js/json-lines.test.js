import assert from "node:assert/strict";
import { test } from "node:test";

import { formatValue, parseLines, parseValues } from "../../static/js/lib/json-lines.js";

const ANSWER =
  '{"collection":"Edge {1}","type":"Performance","generated_at_epoch":1795526528,' +
  '"data":{"cpu":97,"mem, \\"used\\"":15.10,"state":"up, \\"really\\": {yes}"}}';

test("a response is split into lines and keeps every digit", () => {
  const lines = parseLines(ANSWER).map(
    ({ indent, key, value, tail }) => `${" ".repeat(indent)}${key && `${key}: `}${value}${tail}`,
  );
  assert.deepEqual(lines, [
    "{",
    ' "collection": "Edge {1}",',
    ' "type": "Performance",',
    ' "generated_at_epoch": 1795526528,',
    ' "data": {',
    '  "cpu": 97,',
    '  "mem, \\"used\\"": 15.10,',
    '  "state": "up, \\"really\\": {yes}"',
    " }",
    "}",
  ]);
});

test("only lines of fields are marked as spiked", () => {
  const lines = parseLines('{"type":"Performance","data":{"type":1,"cpu":2}}', new Set(["type"]));
  assert.deepEqual(
    lines.filter((line) => line.spiked).map((line) => line.indent),
    [2],
  );
});

test("without fields the object is empty", () => {
  assert.deepEqual(
    parseLines('{"data":{}}').map((line) => line.key + line.value),
    ["{", '"data"{', "}", "}"],
  );
});

test("values are returned by name, as they were written", () => {
  assert.deepEqual(
    [...parseValues(ANSWER)],
    [
      ["cpu", "97"],
      ['mem, "used"', "15.10"],
      ["state", '"up, \\"really\\": {yes}"'],
    ],
  );
});

for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", "__v_isRef"]) {
  test(`a field called ${name} has its value, and only where it is served`, () => {
    assert.equal(parseValues(`{"data":{"${name}":5}}`).get(name), "5");
    assert.equal(parseValues('{"data":{"cpu":5}}').get(name), undefined);
  });
}

test("a table shows numbers with separators and texts without quotes", () => {
  assert.equal(formatValue("4182"), "4,182");
  assert.equal(formatValue("-1234567.50"), "-1,234,567.50");
  assert.equal(formatValue("1e+30"), "1e+30");
  assert.equal(formatValue('"up \\u0041"'), "up A");
});
