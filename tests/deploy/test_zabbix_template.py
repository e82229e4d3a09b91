"""deploy/zabbix/spikecast.yaml: the templates are consistent with each other and with the API.

`tools/zabbix_check` imports it into a real Zabbix.
"""

import json
import re
import subprocess
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.support.names import VALID_NAMES
from tests.support.node import node_program
from tests.support.server import REPOSITORY

EXPORT = yaml.safe_load((REPOSITORY / "deploy/zabbix/spikecast.yaml").read_text())["zabbix_export"]
TEMPLATES = {template["template"]: template for template in EXPORT["templates"]}
COLLECTION, DISCOVERY = TEMPLATES["Spikecast by HTTP"], TEMPLATES["Spikecast collections by HTTP"]
USER_MACRO, DISCOVERED_MACRO = re.compile(r"\{\$[A-Z0-9_.]+\}"), re.compile(r"\{#[A-Z0-9_.]+\}")

each_template = pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)


def parts(node: Any) -> Iterator[dict[str, Any]]:
    """Yield each mapping within a part of the file."""
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from parts(child)


def http_requests(template: dict[str, Any]) -> list[dict[str, Any]]:
    return [part for part in parts(template) if part.get("type") == "HTTP_AGENT"]


def script(part: dict[str, Any]) -> str:
    """Return the JavaScript with which an item or a discovery rule begins its preprocessing."""
    first = part["preprocessing"][0]
    assert first["type"] == "JAVASCRIPT"
    return first["parameters"][0].replace("{$SPIKECAST.HOST.PREFIX}", "spikecast-")


def preprocess(part: dict[str, Any], value: Any) -> Any:
    """Return what the script makes of a value, as Zabbix runs it: the body of a function of `value`."""
    call = f"Function('value', {json.dumps(script(part))})({json.dumps(json.dumps(value))})"
    program = f"process.stdout.write({call})"
    return json.loads(subprocess.check_output([node_program(), "--eval", program]))


def polled(data: dict[str, Any], **headers: str) -> Any:
    """Return the value of the item that polls, for an answer with these fields and headers."""
    return preprocess(COLLECTION["items"][0], {"header": headers, "body": {"data": data}})


def test_the_file_is_an_export_of_zabbix_6_0():
    assert EXPORT["version"] == "6.0"


def test_every_uuid_is_unique_and_a_version_4_uuid_of_32_hex_digits():
    found = [part["uuid"] for part in parts(EXPORT) if "uuid" in part]
    assert len(found) == len(set(found))
    assert [each for each in found if uuid.UUID(each).hex != each or uuid.UUID(each).version != 4] == []


@each_template
def test_a_template_defines_exactly_the_macros_it_uses(template):
    used = set(USER_MACRO.findall(json.dumps({**template, "macros": [], "description": ""})))
    set_by_prototypes = {
        macro["macro"] for part in parts(template) if "host" in part for macro in part.get("macros", ())
    }
    assert used - set_by_prototypes == {macro["macro"] for macro in template["macros"]}


def test_the_host_prototype_sets_only_macros_of_its_template():
    (prototype,) = DISCOVERY["discovery_rules"][0]["host_prototypes"]
    names = {macro["macro"] for macro in COLLECTION["macros"]}
    assert {macro["macro"] for macro in prototype["macros"]} <= names
    assert {each["name"] for each in prototype["templates"]} == {COLLECTION["template"]}


@each_template
def test_the_api_key_is_a_secret_without_a_value(template):
    (key,) = [macro for macro in template["macros"] if macro["macro"] == "{$SPIKECAST.KEY}"]
    assert key["type"] == "SECRET_TEXT"
    assert "value" not in key


@each_template
def test_items_depend_on_items_of_the_same_template(template):
    keys = {item["key"] for item in template.get("items", ())}
    assert {part["master_item"]["key"] for part in parts(template) if "master_item" in part} <= keys


def test_exactly_the_used_groups_and_value_maps_are_defined():
    groups = {group["name"] for group in EXPORT["groups"]}
    used = {group["name"] for template in TEMPLATES.values() for group in template["groups"]}
    used |= {part["group"]["name"] for part in parts(EXPORT) if "group" in part}
    assert used == groups
    maps = {each["name"] for each in COLLECTION["valuemaps"]}
    assert {part["valuemap"]["name"] for part in parts(COLLECTION) if "valuemap" in part} == maps


@each_template
def test_a_discovery_script_sets_exactly_the_macros_of_its_prototypes(template):
    for rule in template["discovery_rules"]:
        prototypes = rule.get("item_prototypes") or rule["host_prototypes"]
        assert set(DISCOVERED_MACRO.findall(json.dumps(prototypes))) == set(
            DISCOVERED_MACRO.findall(script(rule))
        ), rule["key"]


@pytest.mark.any_database
@each_template
def test_a_request_goes_to_a_documented_path_and_follows_no_redirects(template, app):
    documented = {
        re.sub(r"\{\w+\}", "*", path)
        for path, item in app.extensions["openapi"]["paths"].items()
        if "get" in item
    }
    (request,) = http_requests(template)
    path = request["url"].removeprefix("{$SPIKECAST.URL}")
    assert path.replace("{$SPIKECAST.ID}", "*").replace("/performance", "/*") in documented
    assert {"name": "X-API-Key", "value": "{$SPIKECAST.KEY}"} in request["headers"]
    assert [request[name] for name in ("follow_redirects", "verify_peer", "verify_host")] == [
        "NO",
        "YES",
        "YES",
    ]


def test_every_field_name_becomes_a_safe_item_key_and_is_shown_unchanged():
    numbers, texts = COLLECTION["discovery_rules"]
    names = [*{stored for _given, stored in VALID_NAMES}, "__proto__", "{$SPIKECAST.KEY}", "%7B"]
    poll = polled(dict.fromkeys(names, 1) | {"plate": "SPK"})
    rows = preprocess(numbers, poll)
    assert {row["{#FIELD}"] for row in rows} == set(names)
    assert {row["{#KEY}"] for row in rows} == poll["data"].keys() - {"plate"}
    assert [key for key in poll["data"] if re.search(r'["\\{]', key)] == []
    assert preprocess(texts, poll) == [{"{#KEY}": "plate", "{#FIELD}": "plate"}]


@pytest.mark.parametrize("write", [str, str.lower], ids=["HTTP/1.1", "HTTP/2"])
def test_the_active_spike_is_parsed_from_the_headers(write):
    headers = {"X-Spike-Schedule": "3", "X-Spike-Ends": "2026-11-27T08:00:30.500000Z"}
    poll = polled({}, **{write(name): value for name, value in headers.items()})
    assert poll["spike"] == {"active": 1, "schedule": 3, "ends": 1795766430}


def test_without_spike_headers_no_spike_is_active():
    assert polled({"level": 7}, Server="nginx") == {"spike": {"active": 0}, "data": {"level": 7}}


def test_a_host_name_is_the_collection_name_shortened_to_zabbix_limit():
    names = ["Truck 01", "x" * 128, "x" * 129, "🚚" * 255]
    targets = [
        {"labels": {"instance": name, "collection_id": str(number), "__meta_spikecast_owner": "ada"}}
        for number, name in enumerate(names, 1)
    ]
    rows = preprocess(DISCOVERY["discovery_rules"][0], targets)
    assert rows[0] == {"{#ID}": "1", "{#HOST}": "spikecast-1", "{#NAME}": "Truck 01", "{#OWNER}": "ada"}
    shown = [row["{#NAME}"] for row in rows]
    assert shown[1:] == ["x" * 128, "x" * 123 + "… (3)", "🚚" * 61 + "… (4)"]
