// Names with everything in them, quoted for each language; where this machine has the language, it reads them back.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";

import { TOOLS } from "../../static/js/lib/snippets/index.js";
import * as quote from "../../static/js/lib/snippets/quote.js";

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
    series: [],
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

test("Prometheus polls by id, with the key in a file that discovery uses too", () => {
  const { blocks } = getTool("prometheus", target({ collection: { id: 3, name: "a/b" } }));
  const [keyFile, discovery, single] = blocks.map((block) => block.text);
  assert.match(keyFile, /^printf %s 'spk_KEY' \| sudo install/);
  assert.equal(discovery.match(/type: Bearer/g).length, 2);
  assert.equal(discovery.match(/credentials_file: \/etc\/prometheus\/spikecast\.key/g).length, 2);
  assert.match(discovery, /url: "https:\/\/spikecast\.example\.org\/api\/prometheus\/targets"/);
  assert.match(single, /metrics_path: "\/api\/collections\/3\/data\/Performance"/);
  assert.match(single, /instance: "a\/b"/);
});

test("discovery asks for Configuration where that is chosen, in a job of its own", () => {
  const text = textOf("prometheus", target({ type: "Configuration" }), 1);
  assert.match(text, /job_name: spikecast_configuration/);
  assert.match(text, /targets\?type=configuration"/);
});

const alertFor = (value_type, series) => {
  const [only] = [field(1, "engine °C", value_type)];
  const selector = 'spikecast_engine_celsius{collection_id="3"}';
  const given = { field_id: 1, metric_type: "gauge", series: "spikecast_engine_celsius", selector, ...series };
  const { blocks } = getTool("prometheus", target({ fields: [only], field: only, series: [given] }));
  return blocks[3]?.text.match(/expr: '(.*)'/)?.[1];
};

test("the alert rule of a field fires outside of its bounds", () => {
  const name = 'spikecast_engine_celsius{collection_id="3"}';
  assert.equal(alertFor("NUMBER_RANGE", { lowest: 84, highest: 93 }), `${name} > 93 or ${name} < 84`);
  assert.equal(alertFor("NUMBER_FIXED", { lowest: 7, highest: 7 }), `${name} != 7`);
  assert.equal(alertFor("EPOCH_NOW", { lowest: null, highest: null }), `time() - ${name} > 120`);
  assert.equal(
    alertFor("INCREMENT", { metric_type: "counter", lowest: null, highest: null }),
    `rate(${name}[5m]) > 2 * rate(${name}[5m] offset 1h)`,
  );
});

test("a field without bounds has no alert rule, nor has one whose series are not loaded yet", () => {
  assert.equal(alertFor("DECREMENT", { lowest: null, highest: null }), undefined);
  assert.equal(alertFor("TEXT_FIXED", { metric_type: "info", lowest: null, highest: null }), undefined);
  assert.equal(getTool("prometheus", target()).blocks.length, 3);
});

test("Grafana's panel shows the rate of a counter and the value of a gauge", () => {
  const of = (metric_type) => {
    const series = [{ field_id: 1, metric_type, series: "spikecast_cpu", selector: "spikecast_cpu{a}" }];
    return textOf("grafana", target({ series }));
  };
  assert.equal(of("counter"), "rate(spikecast_cpu{a}[$__rate_interval])");
  assert.equal(of("gauge"), "spikecast_cpu{a}");
});

test("Datadog's own Accept header stays", () => {
  const text = textOf("datadog", target());
  assert.match(text, /extra_headers:/);
  assert.doesNotMatch(text, /^\s+headers:/m);
});

test("collectd gets the numbers whose names it can read, and the note names the others", () => {
  const fields = [field(1, 'a "b" \\'), field(2, "km/h"), field(3, "*"), field(4, "plate", "TEXT_FIXED")];
  const { notes, blocks } = getTool("collectd", target({ fields }));
  assert.deepEqual(blocks[0].text.match(/<Key .*>/g), ['<Key "data/a \\"b\\" \\\\">']);
  assert.match(notes[0], /^Omitted: “km\/h”, “\*”/);
});

test("check_http is told host, port and scheme apart", () => {
  const of = (origin) => textOf("nagios", target({ origin }));
  assert.match(of("http://spikecast:8088"), /-H spikecast -p 8088 -u '\/api\/collections\/3/);
  assert.match(of("https://spikecast"), /-H spikecast -S -u/);
});

test("every snippet of Telegraf is TOML, whatever the names", { skip: !has("python3") }, () => {
  for (const name of HOSTILE) {
    const text = [0, 1].map((block) => textOf("telegraf", target({ collection: { id: 3, name } }), block)).join("");
    const { prometheus, http } = JSON.parse(
      python("import json, sys, tomllib; print(json.dumps(tomllib.loads(sys.argv[1])))", text),
    ).inputs;
    assert.equal(prometheus[0].tags.collection, name);
    assert.equal(prometheus[0].bearer_token_string, "spk_KEY");
    assert.equal(http[0].tags.collection, name);
    assert.equal(http[0].headers["X-API-Key"], "spk_KEY");
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

test("Zabbix' templates get their macros, by collection or for all", () => {
  const [all, single] = getTool("zabbix", target()).blocks;
  assert.equal(all.text, "{$SPIKECAST.URL}  https://spikecast.example.org\n{$SPIKECAST.KEY}  spk_KEY\n");
  assert.equal(single.text, `${all.text}{$SPIKECAST.ID}  3\n`);
});

test("Zabbix' templates are for Performance; the other type has its item by hand", () => {
  const { blocks } = getTool("zabbix", target({ type: "Configuration" }));
  assert.deepEqual(
    blocks.map(({ title }) => title),
    ["By hand: HTTP agent item", "By hand: the JSONPath of each field"],
  );
  assert.match(blocks[0].text, /spikecast\.poll\[3,configuration\]/);
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
