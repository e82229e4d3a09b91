// Names with everything in them, quoted for each language; where this machine has the language, it reads them back.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";

import { TOOLS } from "../../static/js/lib/snippets/index.js";
import { seriesNames } from "../../static/js/lib/snippets/prometheus.js";
import * as quote from "../../static/js/lib/snippets/quote.js";
import { uuid } from "../../static/js/lib/snippets/zabbix.js";

const HOSTILE = [
  "cpu",
  "tyre bar",
  "it's",
  "''",
  'say "hi"',
  "\\",
  "ends with \\",
  "\\'",
  '\\"',
  "$HOME ${HOME} $(id) `id` $1 $$",
  "{$MACRO} {#LLD} {{ x }} %d %s %%",
  "a.b[0]['c'].*",
  "*",
  "..",
  "x, y; z | w & v > u # t ! s",
  "{ } [ ] ( ) @ ? ~ ^",
  "‘curly’ ‚low‛ “double”",
  "Größe °C Ωμέγα 北京 🚚 👩‍🚒",
  "e\u0301 \u2028 \u2029 \ufeff \u00a0 end",
  "\\u0041 \\n",
  "<b>&amp;</b>",
];

const python = (program, ...given) =>
  execFileSync("python3", ["-c", program, ...given], { encoding: "utf8" });

/** Whether a command is here; the checks that need it are left out where it is not. */
function has(command) {
  try {
    execFileSync(command, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const field = (id, name, value_type = "NUMBER_RANGE") => ({ id, field_name: name, value_type });

const target = (more = {}) => {
  const fields = HOSTILE.map((name, index) =>
    field(index + 1, name, index % 5 === 4 ? "TEXT_FIXED" : "INCREMENT"),
  );
  const origin = "https://spikecast.example.org";
  const given = {
    origin,
    collection: { id: 3, name: "Truck 01" },
    type: "Performance",
    key: "spk_KEY",
    byId: false,
  };
  return { ...given, fields, field: fields[0], ...more };
};

const getTool = (id, given) => TOOLS.find((tool) => tool.id === id).make(given);
const textOf = (id, given, block = 0) => getTool(id, given).blocks[block].text;

test("a shell reads every name back", () => {
  for (const name of HOSTILE) {
    assert.equal(execFileSync("sh", ["-c", `printf %s ${quote.shell(name)}`], { encoding: "utf8" }), name);
  }
});

test("double quotes are JSON and a Python text, and hide nothing", { skip: !has("python3") }, () => {
  for (const name of HOSTILE) {
    const quoted = quote.doubled(name);
    assert.equal(JSON.parse(quoted), name);
    assert.doesNotMatch(quoted, /[\u2028\u2029\ufeff]/);
  }
  const list = `[${HOSTILE.map(quote.doubled).join(", ")}]`;
  assert.deepEqual(JSON.parse(python(`import json; print(json.dumps(${list}))`)), HOSTILE);
});

test(
  "TOML reads every name back, and has no dollar sign for Telegraf to replace",
  { skip: !has("python3") },
  () => {
    const document = HOSTILE.map((name, index) => `n${index} = ${quote.toml(name)}`).join("\n");
    assert.ok(!document.includes("$"));
    const read = JSON.parse(
      python("import json, sys, tomllib; print(json.dumps(tomllib.loads(sys.argv[1])))", document),
    );
    assert.deepEqual(Object.values(read), HOSTILE);
  },
);

test("YAML's single quotes hold what would need backslashes, and nothing else", () => {
  assert.equal(quote.yaml("it's"), '"it\'s"');
  assert.equal(quote.yaml('say "it\'s"'), "'say \"it''s\"'");
  for (const name of HOSTILE) {
    const quoted = quote.yaml(name);
    assert.equal(
      quoted.startsWith("'") ? quoted.slice(1, -1).replaceAll("''", "'") : JSON.parse(quoted),
      name,
    );
    assert.doesNotMatch(quoted, /[\u2028\u2029\ufeff]/);
  }
});

test("jq finds every field", { skip: !has("jq") }, () => {
  for (const name of HOSTILE) {
    const input = JSON.stringify({ data: { other: 1, [name]: "found" } });
    assert.equal(execFileSync("jq", ["-r", quote.jqPath(name)], { input, encoding: "utf8" }), "found\n");
  }
});

test("PowerShell doubles every kind of single quote", () => {
  assert.equal(quote.powershell("it's"), "'it''s'");
  assert.equal(quote.powershell("‘a’ ‚b‛"), "'‘‘a’’ ‚‚b‛‛'");
  assert.equal(quote.powershell('$x `n "y" \\'), "'$x `n \"y\" \\'");
});

test("Zabbix' JSONPath escapes its quote and the backslash", () => {
  assert.equal(quote.zabbixPath("tyre bar"), "$.data['tyre bar']");
  assert.equal(quote.zabbixPath("it's"), "$.data['it\\'s']");
  assert.equal(quote.zabbixPath("\\'"), "$.data['\\\\\\'']");
  assert.equal(quote.zabbixPath('a"b]'), "$.data['a\"b]']");
});

test("JMESPath quotes names as JSON does, without a dollar sign", () => {
  assert.equal(quote.jmespath("tyre bar"), 'data."tyre bar"');
  for (const name of HOSTILE) {
    const path = quote.jmespath(name);
    assert.equal(JSON.parse(path.slice("data.".length)), name);
    assert.ok(!path.includes("$"));
  }
});

test("json_exporter's path has a backslash before whatever means something", () => {
  assert.equal(quote.exporterPath("cpu_1"), "{ .data.cpu_1 }");
  assert.equal(quote.exporterPath("a.b c'd]"), "{ .data.a\\.b\\ c'd\\] }");
  assert.equal(quote.exporterPath("*"), "{ .data.\\* }");
  assert.equal(quote.exporterPath("a\\b"), null);
  assert.equal(quote.exporterText("a {b} c"), 'a {"{"}b} c');
});

test("metric names are words of the field's name", () => {
  const words = {
    "Größe °C": "grosse_celsius",
    "fuel %": "fuel_percent",
    "speed km/h": "speed_km_h",
    "5 GHz clients": "5_ghz_clients",
    "cpuLoad": "cpu_load",
    "e\u0301tage": "etage",
    "北京": "",
    "_a__b_": "a_b",
  };
  for (const [name, expected] of Object.entries(words)) assert.equal(quote.metricName(name), expected);
});

test("a metric's name has the suffix of its type, once, and no other that means something", () => {
  const of = (name, type) => seriesNames([field(7, name, type)])[0];
  assert.equal(of("requests", "INCREMENT"), "spikecast_requests_total");
  assert.equal(of("requests total", "INCREMENT"), "spikecast_requests_total");
  assert.equal(of("requests total", "NUMBER_RANGE"), "spikecast_requests_total_value");
  assert.equal(of("requests total", "DECREMENT"), "spikecast_requests_total_value");
  assert.equal(of("plate", "TEXT_FIXED"), "spikecast_plate_info");
  assert.equal(of("info", "TEXT_FIXED"), "spikecast_info");
  assert.equal(of("plate info", "FLOAT_FIXED"), "spikecast_plate_info_value");
  assert.equal(of("count", "NUMBER_FIXED"), "spikecast_count_value");
  assert.equal(of("温度", "NUMBER_RANGE"), "spikecast_field_7");
});

const COLLIDING = {
  "signs alike": [["a b"], ["a-b"], ["a_b"]],
  "letter case alone": [["CPU"], ["cpu"], ["Cpu"]],
  "a counter and a gauge with its suffix": [["requests", "INCREMENT"], ["requests total"]],
  "a counter and a counter with its suffix": [
    ["requests", "INCREMENT"],
    ["requests total", "INCREMENT"],
  ],
  "a text and a number with its suffix": [
    ["plate", "TEXT_FIXED"],
    ["plate info", "TEXT_FIXED"],
    ["plate info "],
  ],
  "a suffix of ours and one of theirs": [["x total"], ["x total value"]],
  "a field named like another with its id": [["a b"], ["a-b"], ["a b 1"], ["a b 2"], ["a b 1 1"]],
  "no letters": [["温度"], ["北京"], ["field 1"], ["field 2"], ["!"]],
  "accents": [["é"], ["e"], ["E\u0301"]],
  "every hostile name": HOSTILE.flatMap((name) => [[name], [name, "INCREMENT"], [name, "TEXT_FIXED"]]),
};

test("each series has a name of its own, whatever the fields are called", () => {
  for (const [kind, named] of Object.entries(COLLIDING)) {
    const fields = named.map(([name, type], index) => field(index + 1, name, type));
    const names = seriesNames(fields);
    assert.equal(new Set(names).size, names.length, `${kind}: ${names}`);
    for (const name of names) assert.match(name, /^spikecast_[a-z0-9_]+$/);
  }
});

test("json_exporter puts the last word of a text's metric there itself", () => {
  const fields = [field(1, "plate", "TEXT_FIXED"), field(2, "n", "INCREMENT")];
  const names = [...textOf("prometheus", target({ fields })).matchAll(/- name: (\S+)/g)];
  assert.deepEqual(
    names.map(([, name]) => name),
    ["spikecast_plate", "spikecast_n_total"],
  );
});

test("Prometheus polls by id, says what it leaves out, and keeps texts as labels", () => {
  const { notes, blocks } = getTool("prometheus", target({ collection: { id: 3, name: "a/b" } }));
  assert.match(
    blocks[1].text,
    /target: \["https:\/\/spikecast\.example\.org\/api\/collections\/3\/data\/Performance"\]/,
  );
  assert.match(notes[1], /^Omitted: “\\”, “ends with \\”/);
  const text = textOf("prometheus", target({ fields: [field(1, "plate no", "TEXT_FIXED")] }));
  assert.match(text, /value: '\{ \.plate\\ no \}'/);
  assert.match(text, /path: "\{ \.data \}"/);
});

test("Telegraf lists text fields, or takes all where a name would be a pattern", () => {
  const of = (...names) =>
    textOf("telegraf", target({ fields: names.map((name, id) => field(id + 1, name, "TEXT_FIXED")) }));
  assert.match(of("plate", "it's"), /json_string_fields = \["plate", "it's"\]/);
  assert.match(of("plate", "a*"), /json_string_fields = \["\*"\]/);
  assert.doesNotMatch(textOf("telegraf", target({ fields: [field(1, "cpu")] })), /json_string_fields/);
});

test("every snippet of Telegraf is TOML, whatever the names", { skip: !has("python3") }, () => {
  for (const name of HOSTILE) {
    const text = textOf("telegraf", target({ collection: { id: 3, name } }));
    const [input] = JSON.parse(
      python("import json, sys, tomllib; print(json.dumps(tomllib.loads(sys.argv[1])))", text),
    ).inputs.http;
    assert.equal(input.tags.collection, name);
    assert.equal(input.headers["X-API-Key"], "spk_KEY");
  }
});

test("every snippet of Python compiles, whatever the names", { skip: !has("python3") }, () => {
  for (const each of target().fields) {
    for (const block of [0, 1])
      python(
        "import sys; compile(sys.argv[1], 'snippet', 'exec')",
        textOf("python", target({ field: each }), block),
      );
  }
});

test("an address by name is encoded once, in quotes; by id where that is wanted or needed", () => {
  const of = (name, more) => textOf("curl", target({ collection: { id: 3, name }, ...more }));
  assert.equal(
    of("50% / it's"),
    "curl -sS -H 'X-API-Key: spk_KEY' 'https://spikecast.example.org/api/data/50%25%20%2F%20it'\\''s/Performance'",
  );
  assert.match(of("Truck 01", { byId: true }), /\/api\/collections\/3\/data\/Performance'$/);
  assert.match(of(".."), /\/api\/collections\/3\/data\/Performance'$/);
  const powershell = (name) => textOf("powershell", target({ collection: { id: 3, name } }));
  assert.match(powershell("a/b"), /\/api\/collections\/3\/data/);
  assert.match(powershell("a b"), /\/api\/data\/a%20b\//);
});

test("an address that is too long for some tools is the one by id", () => {
  for (const { id } of TOOLS) {
    const given = target({ collection: { id: 3, name: "温".repeat(255) }, fields: [field(1, "cpu")] });
    for (const { text } of getTool(id, given).blocks) {
      for (const [url] of text.matchAll(/https:\/\/[^"'\s]+/g)) assert.ok(url.length <= 2048, `${id}: ${url.length}`);
    }
  }
});

test("PowerShell's own limits are said", () => {
  assert.equal(getTool("powershell", target({ fields: [field(1, "cpu")] })).notes.length, 0);
  assert.match(
    getTool("powershell", target({ fields: [field(1, "cpu"), field(2, "CPU")] })).notes[0],
    /upper and lower case/,
  );
  assert.match(getTool("powershell", target({ fields: [field(1, "°C")] })).notes[0], /UTF-8 with BOM/);
});

test("Zabbix gets one item that polls, and valid ids that stay the same", () => {
  const text = textOf("zabbix", target());
  assert.equal(text.match(/type: HTTP_AGENT/g).length, 1);
  assert.equal(text.match(/type: DEPENDENT/g).length, HOSTILE.length);
  const ids = [...text.matchAll(/uuid: (\S+)/g)].map(([, id]) => id);
  assert.equal(new Set(ids).size, HOSTILE.length + 3);
  for (const id of ids) assert.match(id, /^[0-9a-f]{12}4[0-9a-f]{3}8[0-9a-f]{15}$/);
  assert.equal(text, textOf("zabbix", target()));
  assert.equal(
    new Set(Array.from({ length: 50_000 }, (_, id) => uuid(`https://a 3 Performance ${id}`))).size,
    50_000,
  );
});

test("a template's name is short enough for Zabbix", () => {
  const text = textOf("zabbix", target({ collection: { id: 3, name: "🚚".repeat(255) } }));
  assert.equal([...JSON.parse(/^      name: (".*")$/m.exec(text)[1])].length, 128);
});

test("every tool says where each snippet goes, and holds the key where it polls", () => {
  for (const { id, make } of TOOLS) {
    const { blocks } = make(target());
    for (const block of blocks) assert.ok(block.title && block.where && block.text, `${id}: ${block.title}`);
    assert.ok(
      blocks.some((block) => block.text.includes("spk_KEY")),
      id,
    );
    assert.equal(new Set(blocks.map((block) => block.title)).size, blocks.length);
  }
});

test("Grafana's provisioning doubles dollar signs", () => {
  assert.equal(quote.grafana("a$b"), '"a$$b"');
});
