"""The verdict on a spike that expected alerts: on its page, and in the list of past spikes."""

import re

import pytest
import requests
from playwright.sync_api import Locator, Page, Route, expect

from tests.support.accessible import violations
from tests.support.browsing import RANGE, fits, row, toast, visit

HOT = {
    "id": 1,
    "kind": "fires",
    "match": {"alertname": "EngineHot"},
    "within": 180,
    "counts_from": 0,
    "resolve_within": 900,
    "at_most": 1,
    "holds": False,
    "expects": "EngineHot fires within 3 min, once, and resolves within 15 min of the end",
    "state": "met",
    "says": "fired after 21.8 s (180 s allowed), resolved 11.8 s after the end",
    "delay": 21.8,
    "split": {"poll": 3.5, "rule": 13.3, "notification": 5.0},
    "clock_skew": None,
    "resolve_delay": 11.8,
    "times": 1,
    "deliveries": 6,
    "episodes": [{"labels": {"alertname": "EngineHot"}, "received_after": 21.8, "resolved_after": 3611.8}],
}
MISSED = HOT | {
    "state": "missed",
    "says": "did not fire within 180 s; the collection was polled",
    "delay": None,
    "split": None,
    "resolve_delay": None,
    "times": 0,
    "deliveries": 0,
    "episodes": [],
}
FAN = {
    "labels": {"alertname": "FanSlow", "instance": "Truck 01"},
    "received_after": 95.0,
    "resolved_after": 395.0,
}
NOTHING = {
    "receiver": {"id": 1, "name": "alertmanager"},
    "unexpected": [],
    "warnings": [],
    "delay": None,
    "false_alarms": 0,
    "decided_by": "2031-01-01T00:00:00Z",
    "settled_at": "2031-01-01T00:00:00Z",
}
PASSED = NOTHING | {"state": "passed", "passed": True, "delay": 21.8, "expectations": [HOT]}
FAILED = NOTHING | {"state": "failed", "passed": False, "expectations": [MISSED]}


@pytest.fixture
def spike(editor) -> dict:
    """Return a spike that has ended."""
    collection = editor.api.collection(f"Truck {editor.login}", load=RANGE)
    made = editor.api.spike(collection, "Overheating")
    return editor.api.post(f"/api/spike-schedules/{made['id']}/end")


def browse_judged(editor, spike: dict, result: dict, **options: object) -> Page:
    """Open the page of a spike with this result, which it also had twice before."""

    def judge(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json=answer.json() | result)

    def list_runs(route: Route) -> None:
        record = editor.api.get(f"/api/rehearsals/{spike['rehearsal_id']}") | result
        runs = [record | {"id": record["id"] - number} for number in range(3)]
        route.fulfill(json={"items": runs, "total": 3, "page": 1, "per_page": 12})

    page = editor.browse("/profile", **options)
    page.route("**/api/rehearsals/*", judge)
    page.route("**/api/rehearsals?*", list_runs)
    visit(page, f"{editor.site}/spikes/{spike['id']}")
    return page


def deliver(site: str, receiver: dict, name: str) -> None:
    """Deliver a firing alert to a receiver, as Alertmanager does."""
    firing = {"status": "firing", "labels": {"alertname": name}, "startsAt": "0001-01-01T00:00:00Z"}
    headers = {"Authorization": f"Bearer {receiver['token']}"}
    answer = requests.post(
        f"{site}/api/alerts/{receiver['id']}",
        json={"version": "4", "alerts": [firing]},
        headers=headers,
        timeout=20,
    )
    assert answer.ok, answer.text


def verdict(page: Page) -> Locator:
    return page.get_by_role("region", name="Verdict")


def test_a_passed_spike_shows_its_delay_and_where_the_time_went(editor, spike, width):
    page = browse_judged(editor, spike, PASSED, **width, bypass_csp=True)
    expect(page.locator("h1 ~ .badge").filter(visible=True)).to_have_text(["Ended", "Passed"])
    expect(verdict(page)).to_contain_text(re.compile(r"Noticed after\s*21.8 s\s*3 min allowed"))
    parts = verdict(page).get_by_role("list", name="Where the time went").get_by_role("listitem")
    expect(parts).to_have_count(3)
    expect(parts.nth(1)).to_contain_text("rule 13.3 s")
    expectations = page.get_by_role("region", name="Expectations")
    expect(expectations).to_contain_text("1 of 1 met")
    expect(expectations).to_contain_text("EngineHot fires within 3 min")
    expect(expectations).to_contain_text("EngineHot fired after 21.8 s")
    lane = (
        page.get_by_role("region", name="What happened").get_by_role("listitem").filter(has_text="EngineHot")
    )
    expect(lane.locator(".report-alert.ok")).to_be_visible()
    expect(page.get_by_role("region", name="Runs of “Overheating”")).to_contain_text("3 of the last 3 passed")
    assert fits(page)
    assert violations(page) == []


def test_a_failed_spike_shows_what_failed(editor, spike):
    page = browse_judged(editor, spike, FAILED)
    expect(verdict(page)).to_contain_text(re.compile(r"Not noticed\s*Missed\s*3 min allowed"))
    expect(page.get_by_role("region", name="Expectations")).to_contain_text("did not fire within 180 s")


def test_a_spike_that_cannot_be_judged_says_why(editor, spike):
    unlooked = MISSED | {"state": "not-looked", "says": "cannot be judged: nobody polled the collection"}
    undecided = NOTHING | {"state": "inconclusive", "passed": None, "expectations": [unlooked]}
    page = browse_judged(editor, spike, undecided)
    expect(page.locator("h1 ~ .badge").filter(visible=True)).to_have_text(["Ended", "Undecided"])
    expect(verdict(page)).to_contain_text("EngineHot cannot be judged: nobody polled the collection")


def test_a_spike_without_expectations_has_no_verdict(editor, spike):
    page = editor.browse("/profile")
    visit(page, f"{editor.site}/spikes/{spike['id']}")
    expect(verdict(page)).to_be_hidden()
    expect(page.get_by_role("region", name="At a glance")).to_be_visible()
    expect(page.get_by_role("region", name="Expectations")).to_be_hidden()


def test_an_unexpected_alert_can_be_expected_next_time(editor, spike):
    page = browse_judged(editor, spike, PASSED | {"unexpected": [FAN], "false_alarms": 1})
    alerts = page.get_by_role("list", name="Unexpected alerts")
    expect(alerts).to_contain_text("FanSlow fired 95 s after the start, resolved after 5 min")
    expect(alerts).to_contain_text('instance="Truck 01"')
    alerts.get_by_role("button", name="Expect it next time: FanSlow").click()
    made = editor.api.spike({"id": spike["collection_id"]}, "Overheating")
    page.route("**/run-again", lambda route: route.fulfill(status=201, json=made))
    asked = re.compile(rf"/api/rehearsals/{made['rehearsal_id']}$")
    page.route(asked, lambda route: route.fulfill(json={}))
    with page.expect_request(lambda request: request.method == "PATCH") as sent:
        page.get_by_role("button", name="Run again").click()
    expectations = sent.value.post_data_json["expectations"]
    assert [each["match"]["alertname"] for each in expectations] == ["EngineHot", "FanSlow"]
    assert expectations[0]["within"] == 180


def test_an_unexpected_alert_can_be_ignored(editor, spike):
    made = editor.api.post("/api/alert-receivers", {"name": "alertmanager"})
    receiver = {"id": made["id"], "name": made["name"]}
    page = browse_judged(editor, spike, PASSED | {"unexpected": [FAN], "receiver": receiver})
    page.get_by_role("button", name="Ignore FanSlow").click()
    question = page.get_by_role("dialog", name="Ignore “FanSlow”?")
    expect(question).to_contain_text("for any spike")
    question.get_by_role("button", name="Ignore alert").click()
    toast(page, "“FanSlow” is ignored from now on.")
    ignored = editor.api.get(f"/api/alert-receivers/{made['id']}")["ignored"]
    assert ignored == [*made["ignored"], {"alertname": "FanSlow"}]


def test_past_spikes_show_their_verdicts(editor, spike, width):
    record = editor.api.get(f"/api/rehearsals/{spike['rehearsal_id']}") | PASSED | {"false_alarms": 1}
    page = editor.browse("/profile", **width)
    answer = {"items": [record], "total": 1, "page": 1, "per_page": 50}
    page.route("**/api/rehearsals?*", lambda route: route.fulfill(json=answer))
    visit(page, f"{editor.site}/spikes?status=past")
    expect(row(page, "Overheating").locator(".badge")).to_have_text("Passed")
    expect(row(page, "Overheating")).to_contain_text("21.8 s, 1 false alarm")
    with page.expect_request(re.compile(r"state=failed")):
        page.get_by_role("combobox", name="Result").select_option("Failed")
    page.wait_for_url(re.compile(r"result=failed"))


def test_an_alert_that_arrives_is_judged_on_the_page(site, editor):
    collection = editor.api.collection(f"Truck {editor.login}", load=RANGE)
    receiver = editor.api.post("/api/alert-receivers", {"name": f"alertmanager {editor.login}"})
    expectation = {"kind": "fires", "match": {"alertname": "EngineHot"}, "resolve_within": None}
    rehearsal = {"receiver_id": receiver["id"], "expectations": [expectation]}
    spike = editor.api.spike(collection, "Overheating", rehearsal=rehearsal)
    page = editor.browse(f"/spikes/{spike['id']}")
    expectations = page.get_by_role("region", name="Expectations")
    expect(expectations).to_contain_text("Waiting")
    deliver(site.url, receiver, "EngineHot")
    expect(expectations).to_contain_text("EngineHot fired after")
    deliver(site.url, receiver, "FanSlow")
    expect(page.get_by_role("list", name="Unexpected alerts")).to_contain_text("FanSlow fired")
