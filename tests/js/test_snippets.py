"""Every snippet is read by its tool's own parser, whatever the names are, one after the other."""

import json
import re
import shutil
import string
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType, SimpleNamespace
from urllib.parse import unquote

import pytest
import yaml

from app.generation.formats.prometheus import MetricField, get_metric_type, name_series
from tests.support import skip_or_fail
from tests.support.names import VALID_NAMES
from tests.support.node import node_with_value_types

SNIPPETS = Path(__file__).parents[2] / "static/js/lib/snippets/index.js"
CURLY = "\u2018\u2019\u201a\u201b"
"""PowerShell takes these for single quotes, too."""
NAMES = sorted(
    {
        *(kept for _given, kept in VALID_NAMES),
        *(f"{sign}{end}" for sign in string.punctuation for end in ("", "x")),
        *(f"x{sign}" for sign in string.punctuation),
        *(
            "'" * 3,
            '"' * 3,
            "\\'",
            '\\"',
            "''' + x + '''",
            '""" + x + """',
            "\\",
            "a\\\\",
            "\\u0041 \\n \\x41",
        ),
        *("$HOME ${HOME} $(id) `id` $1 $$", "$(id)", "`id`", "${x:-y}", "!!", "!1", "%s %d %%", "%COMSPEC%"),
        *(
            "{$MACRO}",
            "{#LLD}",
            "{{ x }}",
            "{% x %}",
            "<%= x %>",
            "#{x}",
            "a: b",
            "- a",
            "? a",
            "& a *a !!a",
            "|",
            ">-",
        ),
        *(
            "null",
            "true",
            "no",
            "~",
            "1",
            "0x1F",
            "1e3",
            "2026-11-27",
            "=1+1",
            "@a",
            "[a]",
            "key = 'a'",
            "# a",
            "a # b",
        ),
        *(
            f"{CURLY} \u201cdouble\u201d",
            *CURLY,
            "a\u2028b",
            "a\ufeffb",
            "a\u00a0b",
            "\ufffe",
            "e\u0308 ñ ß Ω °C µ",
            "5 GHz",
            "温度",
        ),
        *(
            "PSObject",
            "__proto__",
            "constructor",
            "toString",
            ".",
            "...",
            "a.",
            "a..b",
            "x" * 255,
            "温" * 255,
        ),
    }
)
KEY = "spk_0123456789abcdefghijABCDEFGHIJkl000000"


def snippets(targets: list[dict]) -> list[dict]:
    """For each target what the page shows: by tool its notes and blocks."""
    program = (
        f'import {{ TOOLS }} from "file://{SNIPPETS}"; let text = "";'
        "for await (const part of process.stdin) text += part;"
        "const made = (target) => Object.fromEntries(TOOLS.map(({ id, make }) => [id, make(target)]));"
        "console.log(JSON.stringify(JSON.parse(text).map(made)));"
    )
    command = [*node_with_value_types(), "--input-type=module", "--eval", program]
    ran = subprocess.run(command, input=json.dumps(targets), capture_output=True, text=True, check=True)
    return json.loads(ran.stdout)


def field(number: int, name: str, value_type: str = "NUMBER_RANGE") -> dict:
    return {"id": number, "field_name": name, "value_type": value_type}


def target(number: int, name: str, collection_type: str = "Performance", **more) -> dict:
    kinds = ("INCREMENT", "TEXT_FIXED", "NUMBER_RANGE", "EPOCH_NOW")
    fields = [
        field(100 * number + place, name, kind) for place, kind in enumerate(kinds[: more.pop("kinds", 1)])
    ]
    given = {
        "origin": "https://spikecast.example.org:8443/below",
        "collection": {"id": number, "name": name},
        "type": collection_type,
        "key": KEY,
        "byId": False,
        "fields": fields,
        "field": fields[0],
    } | more
    return given | {"series": list_series(number, given["fields"])}


def list_series(collection_id: int, fields: list[dict]) -> list[dict]:
    """The series as the server lists them, by its own rule for names."""
    named = name_series(
        MetricField(each["id"], each["field_name"], get_metric_type(each["value_type"])) for each in fields
    )
    bounded = "NUMBER_RANGE"
    return [
        {
            "field_id": each["id"],
            "metric_type": series.field.metric_type,
            "series": series.name,
            "selector": f'{series.name}{{collection_id="{collection_id}"}}',
            "lowest": 5 if each["value_type"] == bounded else None,
            "highest": 20 if each["value_type"] == bounded else None,
        }
        for each, series in zip(fields, named, strict=True)
    ]


@pytest.fixture(scope="module")
def targets() -> list[dict]:
    """A collection for each name, with a field of that name."""
    kinds = ["INCREMENT", "TEXT_FIXED", "NUMBER_RANGE", "EPOCH_NOW"]
    return [
        target(
            number,
            name,
            ("Performance", "Configuration")[number % 2],
            fields=[field(1000 + number, name, kinds[number % 4])],
            field=field(1000 + number, name, kinds[number % 4]),
        )
        for number, name in enumerate(NAMES, 1)
    ]


@pytest.fixture(scope="module")
def made(targets) -> list[dict]:
    return snippets(targets)


def text(made: dict, tool: str, block: int = 0) -> str:
    return made[tool]["blocks"][block]["text"]


def named_block(made: dict, tool: str, title: str) -> str:
    """The text of the tool's block whose title contains `title`."""
    return next(block["text"] for block in made[tool]["blocks"] if title in block["title"])


def pasted(made: list[dict], tool: str, block: int = 0) -> str:
    """The snippets of all collections, one after the other."""
    return "".join(text(each, tool, block) for each in made)


def test_there_are_many_names():
    assert len(NAMES) > 150


# --- YAML ----------------------------------------------------------------------------------------------


DISCOVERY, SINGLE, ALERT = 1, 2, 3
"""Places of Prometheus' blocks."""


def promtool(*command: object) -> None:
    """Have promtool check a file."""
    program = shutil.which("promtool")
    if program is None:
        skip_or_fail("prometheus", "no promtool: install Debian's package prometheus")
    ran = subprocess.run([program, "check", *command], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def config_with(jobs: str, folder: Path) -> str:
    """A configuration of Prometheus with these jobs and a key file, which promtool wants to exist."""
    (folder / "key").write_text(KEY)
    jobs = re.sub(r"/etc/\w+/spikecast\.key", str(folder / "key"), jobs)
    return "global: {scrape_interval: 60s}\nscrape_configs:\n  - job_name: prometheus\n" + jobs


@pytest.mark.parametrize("tool", ["prometheus", "victoriametrics"])
def test_prometheus_takes_the_jobs_of_all_collections(tmp_path, targets, made, tool):
    config = config_with(pasted(made, tool, SINGLE), tmp_path)
    jobs = yaml.safe_load(config)["scrape_configs"][1:]
    assert len({job["job_name"] for job in jobs}) == len(targets)
    for job, each in zip(jobs, targets, strict=True):
        assert job["static_configs"][0]["labels"] == {
            "instance": each["collection"]["name"],
            "collection_id": str(each["collection"]["id"]),
            "type": each["type"].lower(),
        }
        assert job["authorization"] == {"type": "Bearer", "credentials_file": str(tmp_path / "key")}
    (tmp_path / "prometheus.yml").write_text(config)
    promtool("config", tmp_path / "prometheus.yml")


@pytest.mark.parametrize("tool", ["prometheus", "victoriametrics"])
def test_prometheus_takes_the_jobs_that_discover_both_types(tmp_path, made, tool):
    found = {text(each, tool, DISCOVERY) for each in made}
    assert len(found) == 2  # the same for each collection
    config = config_with("".join(sorted(found)), tmp_path)
    for job in yaml.safe_load(config)["scrape_configs"][1:]:
        [discovery] = job["http_sd_configs"]
        assert discovery["authorization"] == job["authorization"]
        assert job["authorization"]["type"] == "Bearer"
    (tmp_path / "prometheus.yml").write_text(config)
    promtool("config", tmp_path / "prometheus.yml")


def test_prometheus_takes_the_alert_rules_of_all_fields(tmp_path, targets, made):
    groups = [
        each["prometheus"]["blocks"][ALERT]["text"]
        for each in made
        if len(each["prometheus"]["blocks"]) > ALERT
    ]
    assert len(groups) > len(targets) / 2  # texts have no rule
    (tmp_path / "rules.yml").write_text("groups:\n" + "".join(groups))
    promtool("rules", tmp_path / "rules.yml")


def test_datadog_reads_the_instances_of_all_collections(targets, made):
    instances = yaml.safe_load("init_config:\ninstances:\n" + pasted(made, "datadog"))["instances"]
    for instance, each in zip(instances, targets, strict=True):
        assert instance["extra_headers"] == {"X-API-Key": KEY}
        assert "headers" not in instance  # it would replace the check's own Accept header
        assert instance["tags"][0] == f"collection:{each['collection']['name']}"
        assert_is_address(instance["openmetrics_endpoint"], each)


def test_grafana_reads_the_data_sources_of_all_collections(targets, made):
    blocks = "".join(named_block(each, "grafana", "Infinity data source") for each in made)
    sources = yaml.safe_load("apiVersion: 1\ndatasources:\n" + blocks)["datasources"]
    for member in ("name", "uid"):
        assert len({source[member] for source in sources}) == len(targets)
    for source in sources:
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,40}", source["uid"])
        assert source["secureJsonData"] == {"apiKeyValue": KEY}


def test_sciencelogic_reads_every_argument(targets, made):
    for each, snippet in zip(targets, made, strict=True):
        argument = yaml.safe_load(text(snippet, "sciencelogic"))
        *_, step = argument["low_code"]["steps"]
        by_itself = yaml.safe_load(text(snippet, "sciencelogic", 1))
        assert step["jmespath"] == by_itself
        quoted = step["jmespath"]["value"].removeprefix("data.")
        assert "$" not in quoted
        assert json.loads(quoted) == each["field"]["field_name"]


# --- Zabbix --------------------------------------------------------------------------------------------


def test_zabbix_finds_each_field_by_its_path_and_polls_its_address(targets, made):
    for each, snippet in zip(targets, made, strict=True):
        *_, item, paths = snippet["zabbix"]["blocks"]
        quoted = re.fullmatch(r"\$\.data\['((?:[^'\\]|\\['\\])*)'\]\n", paths["text"])
        assert re.sub(r"\\(.)", r"\1", quoted[1]) == each["field"]["field_name"]
        settings = dict(line.split(":", 1) for line in item["text"].splitlines())
        assert_is_address(settings["URL"].strip(), each)
        assert settings["Headers"].strip() == f"X-API-Key: {KEY}"


# --- TOML ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("plugin", "block"), [("prometheus", 0), ("http", 1)])
def test_telegraf_reads_all_collections(targets, made, plugin, block):
    inputs = tomllib.loads(pasted(made, "telegraf", block))["inputs"][plugin]
    for read, each in zip(inputs, targets, strict=True):
        assert read["tags"] == {"collection": each["collection"]["name"], "collection_type": each["type"]}
        assert_is_address(read["urls"][0].removesuffix("?format=influx"), each)
    keys = {read.get("bearer_token_string") or read["headers"]["X-API-Key"] for read in inputs}
    assert keys == {KEY}


def test_telegraf_keeps_lines_in_a_measurement_for_each_collection(targets, made):
    inputs = tomllib.loads(pasted(made, "telegraf", 1))["inputs"]["http"]
    assert len({each["name_override"] for each in inputs}) == len(targets)


# --- Shells and languages ------------------------------------------------------------------------------

SHELL = """
set -e
curl() { printf '%s\\0' "$@" >&2; echo '{}'; }
jq() { cat >/dev/null; printf 'jq\\0%s\\0' "$@" >&2; }
"""


@pytest.mark.parametrize("shell", ["bash", "sh"])
def test_a_shell_gives_curl_the_address_and_the_key(targets, made, shell):
    for each, snippet in zip(targets, made, strict=True):
        both = f"{SHELL}{text(snippet, 'curl')}\n{text(snippet, 'curl', 1)}\n"
        ran = subprocess.run([shell, "-c", both], capture_output=True, check=True)
        first = ran.stderr.split(b"\0")[:4]
        assert first[:3] == [b"-sS", b"-H", f"X-API-Key: {KEY}".encode()]
        assert_is_address(first[3].decode(), each)


def assert_is_address(url: str, each: dict) -> None:
    """Whether it is the address of the collection, by name or by id."""
    path = url.removeprefix("https://spikecast.example.org:8443/below")
    number, name, word = each["collection"]["id"], each["collection"]["name"], each["type"]
    assert len(url) <= 2048
    if path != f"/api/collections/{number}/data/{word}":
        _, api, data, encoded, last = path.split("/")
        assert (api, data, unquote(encoded), last) == ("api", "data", name, word)
        assert name not in {".", ".."}


def test_python_gets_the_field(targets, made, capsys, monkeypatch):
    for each, snippet in zip(targets, made, strict=True):
        asked = []

        def get(url, headers, timeout, asked=asked, each=each):
            asked.append((url, headers))
            data = {"data": {each["field"]["field_name"]: "found"}}
            return SimpleNamespace(raise_for_status=lambda: None, json=lambda: data)

        requests = ModuleType("requests")
        requests.get = get
        monkeypatch.setitem(sys.modules, "requests", requests)
        exec(compile(text(snippet, "python") * 2, "snippet", "exec"), {})  # noqa: S102 - it is what is tested
        compile(text(snippet, "python", 1), "snippet", "exec")
        assert capsys.readouterr().out == "found\nfound\n"
        assert_is_address(asked[0][0], each)
        assert asked[0][1] == {"X-API-Key": KEY}


QUOTED = rf"'(?:[^'{CURLY}]|(?P<quote>['{CURLY}])(?P=quote))*'"
"""Nothing in single quotes means anything but these quotes, each of which is doubled."""


def in_quotes(start: str, snippet: str) -> tuple[str, str]:
    """What is in single quotes after `start`, and what follows."""
    assert snippet.startswith(start), snippet
    read = re.match(QUOTED, snippet[len(start) :])
    assert read, snippet
    found = re.sub(f"(['{CURLY}])\\1", r"\1", read[0][1:-1])
    return found, snippet[len(start) + len(read[0]) :]


def test_powershell_is_given_single_quotes_that_hold_the_names(targets, made):
    for each, snippet in zip(targets, made, strict=True):
        url, rest = in_quotes("$answer = Invoke-RestMethod -Uri ", text(snippet, "powershell"))
        key, rest = in_quotes(" -Headers @{ 'X-API-Key' = ", rest)
        found, end = " } -TimeoutSec 10\n$answer.data\n$answer.data.", "\n"
        if each["field"]["field_name"] == "PSObject":
            found, end = f"{found}psobject.Properties[", "].Value\n"
        name, rest = in_quotes(found, rest)
        assert (name, rest) == (each["field"]["field_name"], end)
        assert key == KEY
        assert_is_address(url, each)


# --- What each says of itself --------------------------------------------------------------------------

MERGED = {
    "prometheus": (DISCOVERY, "below the line"),
    "victoriametrics": (DISCOVERY, "below the line"),
    "datadog": (0, "below the lines"),
    "grafana": (2, "below the lines"),
    "telegraf": (0, "once per collection"),
}


def test_a_snippet_that_belongs_into_a_file_says_how_it_gets_beside_others(made):
    for tool, (block, words) in MERGED.items():
        assert words in made[0][tool]["blocks"][block]["where"]
