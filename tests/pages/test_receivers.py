"""Alert receivers in the browser: from the first token to the alerts that arrived."""

import re

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.support.browsing import row, toast


def deliver(site, receiver_id: int, token: str, *alerts: dict) -> int:
    body = {"alerts": list(alerts)}
    headers = {"Authorization": f"Bearer {token}"}
    return requests.post(
        f"{site.url}/api/alerts/{receiver_id}", json=body, headers=headers, timeout=10
    ).status_code


def alert(name: str, status: str = "firing", **labels: str) -> dict:
    return {"status": status, "labels": {"alertname": name} | labels}


def create(page: Page, name: str) -> str:
    """Create a receiver, and return its token."""
    page.get_by_role("button", name="New receiver").first.click()
    dialog = page.get_by_role("dialog", name="New receiver")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_role("button", name="Create receiver").click()
    expect(page.get_by_role("heading", name=f"Receiver “{name}” created")).to_be_visible()
    return page.get_by_label("The new token").input_value()


def id_of(person, name: str) -> int:
    return person.api.get(f"/api/alert-receivers?search={name}")["items"][0]["id"]


@pytest.fixture
def receiver(editor):
    return editor.api.post("/api/alert-receivers", {"name": f"Grafana {editor.login}"})


@pytest.mark.parametrize("role", ["Editor", "Viewer"])
def test_a_new_receiver_shows_its_token_once_and_the_first_delivery(site, person, role):
    somebody = person(role)
    page = somebody.browse("/receivers")
    expect(page.get_by_role("heading", name="No receivers yet")).to_be_visible()
    token = create(page, "Alertmanager")
    receiver_id = id_of(somebody, "Alertmanager")
    expect(page.get_by_text("Waiting for the first delivery…")).to_be_visible()
    expect(page.get_by_label("Receiver", exact=True)).to_contain_text(f'credentials: "{token}"')
    expect(page.get_by_label("Receiver", exact=True)).to_contain_text(f"{site.url}/api/alerts/{receiver_id}")
    assert deliver(site, receiver_id, token, alert("EngineHot"), alert("TruckDown")) == 200
    expect(page.get_by_text(re.compile("Arrived .*: 2 alerts understood."))).to_be_visible()
    page.get_by_role("button", name="Copy token").click()
    page.get_by_role("button", name="I have stored the token").click()
    expect(row(page, "Alertmanager")).to_contain_text("ago")
    page.reload()
    expect(row(page, "Alertmanager")).to_be_visible()
    assert token not in page.content()


def test_a_token_that_was_not_copied_is_not_closed_without_a_question(editor):
    page = editor.browse("/receivers")
    create(page, "Zabbix")
    page.get_by_role("button", name="I have stored the token").click()
    question = page.get_by_role("dialog", name="Close without copying the token?")
    question.get_by_role("button", name="Cancel").click()
    expect(page.get_by_label("The new token")).to_be_visible()
    page.get_by_role("button", name="Copy: Receiver").click()
    page.get_by_role("button", name="I have stored the token").click()
    expect(page.get_by_label("The new token")).to_have_count(0)


def test_each_tool_has_its_own_instructions(editor):
    page = editor.browse("/receivers")
    token = create(page, "All tools")
    for tool, words in {
        "Grafana": "authorization_credentials",
        "Datadog": "$ALERT_TRANSITION",
        "Zabbix": "{EVENT.VALUE}",
        "Uptime Kuma": "heartbeatJSON",
        "curl": "curl -sS -H",
    }.items():
        page.get_by_role("tab", name=tool).click()
        panel = page.get_by_role("tabpanel")
        expect(panel).to_contain_text(words)
        expect(panel).to_contain_text(token)
    page.get_by_role("tab", name="curl").press("ArrowRight")
    expect(page.get_by_role("tab", name="Alertmanager")).to_be_focused()
    page.get_by_role("button", name="Copy token").click()


def test_the_alerts_of_a_receiver_appear_while_one_looks(site, editor, receiver):
    page = editor.browse(f"/receivers/{receiver['id']}")
    expect(page.get_by_text("Waiting for the first delivery…")).to_be_visible()
    expect(page.get_by_text("No alert has arrived yet.")).to_be_visible()
    deliver(site, receiver["id"], receiver["token"], alert("EngineHot", instance="truck-01"))
    expect(row(page, "EngineHot")).to_contain_text("instance=truck-01")
    expect(row(page, "EngineHot")).to_contain_text("Firing")
    deliver(site, receiver["id"], receiver["token"], alert("EngineHot", "resolved", instance="truck-01"))
    expect(row(page, "EngineHot")).to_contain_text("Resolved after")
    page.get_by_role("searchbox").fill("truck-02")
    expect(page.get_by_text("No alert matches your search.")).to_be_visible()


def test_the_problem_of_the_last_delivery_is_shown(site, editor, receiver):
    deliver(site, receiver["id"], receiver["token"], alert("EngineHot"), alert("TruckDown", "acknowledged"))
    page = editor.browse(f"/receivers/{receiver['id']}")
    problem = "Alert 2 was skipped: status 'acknowledged' is not known."
    expect(page.get_by_role("alert").filter(has_text=problem)).to_be_visible()
    page.goto(f"{site.url}/receivers")
    expect(row(page, receiver["name"])).to_contain_text(problem)


def test_a_receiver_is_changed_renewed_revoked_and_deleted(site, editor, receiver):
    page = editor.browse(f"/receivers/{receiver['id']}")
    page.get_by_role("button", name="Edit", exact=True).click()
    dialog = page.get_by_role("dialog", name=re.compile("Edit"))
    dialog.get_by_label("Ignored alerts").fill("alertname=Test*\nnonsense")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_contain_text("Line 2 must be label=text")
    dialog.get_by_label("Ignored alerts").fill("alertname=Test*, team=blue")
    dialog.get_by_label("Name").fill("Renamed")
    dialog.get_by_role("button", name="Save").click()
    toast(page, "“Renamed” saved.")
    expect(page.get_by_text("alertname=Test*, team=blue")).to_be_visible()

    page.get_by_role("button", name="New token").click()
    page.get_by_role("dialog").get_by_role("button", name="Make a new token").click()
    token = page.get_by_label("The new token").input_value()
    assert deliver(site, receiver["id"], receiver["token"], alert("A")) == 401
    assert deliver(site, receiver["id"], token, alert("A")) == 200
    page.get_by_role("button", name="Copy token").click()

    page.get_by_role("button", name="Revoke").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    toast(page, "“Renamed” revoked.")
    expect(page.locator("h1 .badge")).to_have_text("Revoked")
    assert deliver(site, receiver["id"], token, alert("A")) == 401

    page.get_by_role("button", name="Delete the receiver").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete receiver").click()
    page.wait_for_url("**/receivers")
    toast(page, "“Renamed” deleted.")
    expect(page.get_by_role("heading", name="No receivers yet")).to_be_visible()


def test_a_name_that_is_taken_is_said_at_the_input(editor, receiver, complaints):
    complaints.expect("409")
    page = editor.browse("/receivers")
    page.get_by_role("button", name="New receiver").first.click()
    dialog = page.get_by_role("dialog", name="New receiver")
    dialog.get_by_label("Name").fill(receiver["name"])
    dialog.get_by_role("button", name="Create receiver").click()
    expect(dialog).to_contain_text("Is taken by another of your receivers")


def test_an_admin_sees_the_receivers_of_all_and_changes_only_their_own(site, person, editor, receiver):
    page = person("Admin").browse("/receivers")
    page.get_by_role("button", name="All", exact=True).click()
    page.get_by_role("searchbox").fill(receiver["name"])
    expect(row(page, receiver["name"])).to_contain_text(editor.login)
    page.get_by_role("link", name=receiver["name"]).click()
    expect(page.get_by_role("button", name="Revoke")).to_be_visible()
    expect(page.get_by_role("button", name="New token")).to_be_hidden()
