"""What the pages say to paste is read by the parsers of the tools, and what it sends is understood."""

import json
import shlex
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.rehearsals.deliveries import Alert, understand
from tests.support import monitoring
from tests.support.node import node_with_value_types

SENDERS = Path(__file__).parents[2] / "static/js/lib/alert-senders/index.js"
URL, TOKEN = "https://spikecast.example.org/below/api/alerts/3", "sal_0123456789ABCDEFGHIJKLMNOPQRSTUV1ggZdL"
PROGRAM = f"""
import {{ SENDERS }} from {json.dumps(SENDERS.as_uri())};
const target = {{ id: 3, url: {json.dumps(URL)}, token: {json.dumps(TOKEN)} }};
const read = ({{ title, text }}) => [title, text];
const made = SENDERS.map(({{ id, make }}) => [id, make(target).blocks.map(read)]);
console.log(JSON.stringify(made));
"""
NOW = datetime(2026, 11, 29, 23, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def texts() -> dict[str, dict[str, str]]:
    """Return the texts to paste by tool and title."""
    node = [*node_with_value_types(), "--input-type=module", "-e", PROGRAM]
    ran = subprocess.run(node, capture_output=True, text=True, check=True)
    return {tool: dict(blocks) for tool, blocks in json.loads(ran.stdout)}


def understood(body: str) -> Alert:
    """Return the one alert of a body, which must be understood without any problem."""
    delivery = understand(body.encode(), NOW)
    assert delivery.problems == []
    (alert,) = delivery.alerts
    return alert


def test_every_tool_is_told_the_address_and_the_token(texts):
    for tool, blocks in texts.items():
        together = "\n".join(blocks.values())
        assert URL in together, tool
        assert TOKEN in together, tool


def alertmanager_config(texts: dict[str, dict[str, str]]) -> str:
    """Return the configuration of an Alertmanager that has another receiver, too."""
    blocks = texts["alertmanager"]
    top = "route:\n  receiver: team\n  routes:\n"
    return f"{top}{blocks['Route']}receivers:\n  - name: team\n{blocks['Receiver']}"


def test_alertmanager_accepts_its_configuration(texts, tmp_path):
    (tmp_path / "alertmanager.yml").write_text(alertmanager_config(texts))
    command = [monitoring.find_program("amtool"), "check-config", str(tmp_path / "alertmanager.yml")]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    [webhook] = yaml.safe_load(alertmanager_config(texts))["receivers"][1]["webhook_configs"]
    assert (webhook["url"], webhook["send_resolved"]) == (URL, True)
    assert webhook["http_config"]["authorization"]["credentials"] == TOKEN


def test_grafanas_contact_point_is_yaml(texts):
    [point] = yaml.safe_load(texts["grafana"]["Contact point"])["contactPoints"]
    [receiver] = point["receivers"]
    assert (receiver["type"], receiver["disableResolveMessage"]) == ("webhook", False)
    assert receiver["settings"] == {
        "url": URL,
        "httpMethod": "POST",
        "authorization_scheme": "Bearer",
        "authorization_credentials": TOKEN,
    }


@pytest.mark.parametrize(
    ("transition", "is_firing"),
    [
        ("Triggered", True),
        ("Re-Triggered", True),
        ("Warn", True),
        ("No Data", True),
        ("Renotify", True),
        ("Recovered", False),
    ],
)
def test_datadogs_payload_is_understood(texts, transition, is_firing):
    values = {
        "$ALERT_TRANSITION": transition,
        "$ALERT_CYCLE_KEY": "7285492018463510728",
        "$ALERT_TITLE": "Engine hot",
        "$ALERT_SCOPE": "host:truck-01",
        "$ALERT_PRIORITY": "P1",
    }
    body = texts["datadog"]["Payload"]
    for name, value in values.items():
        body = body.replace(name, value)
    alert = understood(body)
    assert (alert.is_firing, alert.name, alert.fingerprint) == (
        is_firing,
        "Engine hot",
        values["$ALERT_CYCLE_KEY"],
    )
    assert json.loads(texts["datadog"]["Custom headers"]) == {"Authorization": f"Bearer {TOKEN}"}


def test_uptime_kumas_body_is_understood(texts):
    body = texts["uptime-kuma"]["Custom body"]
    for name, value in {"name": "Truck 01", "hostnameOrURL": "truck-01"}.items():
        body = body.replace(f"{{{{ {name} | json }}}}", json.dumps(value))
    choice = "{% if heartbeatJSON.status == 0 %}down{% else %}up{% endif %}"
    down, up = (understood(body.replace(choice, status)) for status in ("down", "up"))
    assert (down.is_firing, up.is_firing) == (True, False)
    assert down.fingerprint == up.fingerprint
    assert down.labels == {"alertname": "Truck 01", "target": "truck-01"}
    headers = json.loads(texts["uptime-kuma"]["Additional headers"])
    assert headers["Authorization"] == f"Bearer {TOKEN}"


ZABBIX = """
const sent = {};
class HttpRequest {
  addHeader(line) { (sent.headers ??= []).push(line); }
  post(url, body) { Object.assign(sent, { url, body }); return ""; }
  getStatus() { return Number(process.argv[3]); }
}
const result = new Function("value", "HttpRequest", process.argv[2])(process.argv[1], HttpRequest);
console.log(JSON.stringify({ ...sent, result }));
"""


def run_zabbix_script(texts: dict[str, dict[str, str]], status: str, answer: int) -> Any:
    """Run the script of the media type as Zabbix does, with the values of its macros."""
    lines = texts["zabbix"]["Parameters"].splitlines()
    parameters = dict(line.split(maxsplit=1) for line in lines)
    macros = {"{EVENT.VALUE}": status, "{EVENT.ID}": "20", "{EVENT.NAME}": "Engine hot"}
    macros |= {"{HOST.HOST}": "Truck 01", "{EVENT.SEVERITY}": "High"}
    value = json.dumps({name: macros.get(text, text) for name, text in parameters.items()})
    node = [*node_with_value_types(), "-e", ZABBIX, value, texts["zabbix"]["Script"], str(answer)]
    return subprocess.run(node, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("status", "is_firing"), [("1", True), ("0", False)])
def test_what_zabbix_sends_is_understood(texts, status, is_firing):
    sent = json.loads(run_zabbix_script(texts, status, 200).stdout)
    assert (sent["url"], sent["result"]) == (URL, "OK")
    assert f"Authorization: Bearer {TOKEN}" in sent["headers"]
    alert = understood(sent["body"])
    assert (alert.is_firing, alert.fingerprint) == (is_firing, "20")
    assert alert.labels == {"alertname": "Engine hot", "host": "Truck 01", "severity": "High"}


def test_the_script_for_zabbix_reports_a_refusal(texts):
    refused = run_zabbix_script(texts, "1", 401)
    assert refused.returncode != 0
    assert "Spikecast: HTTP 401" in refused.stderr


def test_the_lines_for_a_shell_send_an_alert_and_its_resolution(texts):
    alerts = []
    for title in ("It fires", "It is resolved"):
        words = shlex.split(texts["curl"][title])
        assert words[-1] == URL
        assert f"Authorization: Bearer {TOKEN}" in words
        alerts.append(understood(words[words.index("-d") + 1]))
    assert [alert.is_firing for alert in alerts] == [True, False]
    assert alerts[0].fingerprint == alerts[1].fingerprint
    assert texts["curl"]["Only an address"] == f"{URL}/{TOKEN}"
