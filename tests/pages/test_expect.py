"""The section *Expect* of the spike form, which makes a spike a test."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.browser import PHONE
from tests.support.browsing import RANGE, toast

FIRES = {"kind": "fires", "match": {"alertname": "EngineHot", "severity": "page"}, "within": 90}


@pytest.fixture
def lorry(editor):
    return editor.api.collection(f"Lorry {editor.login}", cpu=RANGE)


@pytest.fixture
def receiver(editor):
    return editor.api.post("/api/alert-receivers", {"name": "Alertmanager"})


def open_section(page: Page) -> Locator:
    """Open the section of a form, and return it."""
    section = page.get_by_role("region", name="Expect")
    section.get_by_role("button", name="Add an alert").click()
    expect(section.get_by_label("Alert", exact=True)).to_be_visible()
    return section


def plan(editor, lorry, **options) -> tuple[Page, Locator]:
    """Open the form of a new spike with its section *Expect*."""
    page = editor.browse(f"/spikes/new?collection={lorry['id']}", **options)
    page.get_by_label("Name", exact=True).fill("Drill")
    return page, open_section(page)


def create(page: Page) -> None:
    page.get_by_role("button", name="Create spike").click()
    confirm = page.get_by_role("button", name="Create anyway")
    confirm.click()
    page.wait_for_url(re.compile(r"/spikes/\d+$"))


def saved(editor, lorry, number: int = 0) -> dict:
    """Return the rehearsal of the collection's latest spike."""
    items = editor.api.get(f"/api/rehearsals?collection_id={lorry['id']}&sort=-id")["items"]
    return editor.api.get(f"/api/rehearsals/{items[number]['id']}")


def rehearse(editor, lorry, receiver, **more) -> dict:
    expected = {"receiver_id": receiver["id"], "expectations": [FIRES], **more}
    return editor.api.spike(lorry, start_datetime="2030-01-01T00:00:00Z", rehearsal=expected)


def test_a_spike_is_planned_with_what_it_expects(editor, lorry, receiver, width):
    page, section = plan(editor, lorry, **width)
    expect(section.get_by_label("Alerts arrive at")).to_have_value(str(receiver["id"]))
    section.get_by_label("Alert", exact=True).fill("EngineHot")
    section.get_by_label("Further labels").fill("severity=page")
    section.get_by_label("Fires within").fill("90 s")
    section.get_by_label("What concerns this spike").select_option(f"collection_id={lorry['id']}")
    section.get_by_label("Fail on any other alert").check()
    section.get_by_role("button", name="Add", exact=True).click()
    quiet = section.get_by_role("group", name="Expectation 2")
    expect(quiet.get_by_label("What is expected")).to_have_value("quiet")
    quiet.get_by_label("Alert", exact=True).fill("HostDown")
    create(page)
    made = saved(editor, lorry)
    first, second = made["expectations"]
    assert (first["kind"], first["match"]) == ("fires", FIRES["match"])
    assert (first["within"], first["resolve_within"], first["at_most"]) == (90, 900, 1)
    assert (second["kind"], second["match"]) == ("quiet", {"alertname": "HostDown"})
    assert made["receiver"]["id"] == receiver["id"]
    assert (made["scope"], made["fail_on_unexpected"]) == ({"collection_id": str(lorry["id"])}, True)


def test_the_time_is_proposed_from_how_the_monitoring_works(editor, lorry, receiver):
    page, section = plan(editor, lorry)
    within = section.get_by_label("Fires within")
    expect(within).to_have_value("3 min")
    page.get_by_label("Polling interval").select_option("30")
    expect(within).to_have_value("2 min 30 s")
    section.get_by_text("Numbers of your monitoring").click()
    section.get_by_label("The rule’s for").fill("2m")
    section.get_by_label("Evaluation interval").fill("30s")
    expect(within).to_have_value("4 min")
    sum_ = section.locator("#spike-expect-sum")
    expect(sum_).to_contain_text(
        "4 min = polled every 30 s + for 2 min + evaluation 30 s + group_wait 30 s + 30 s"
    )
    within.fill("10 min")
    section.get_by_role("button", name="Use 4 min").click()
    expect(within).to_have_value("4 min")

    other = page.context.new_page()
    other.goto(page.url)
    remembered = open_section(other)
    expect(remembered.get_by_label("Fires within")).to_have_value("4 min 30 s")


def test_a_window_too_short_to_be_noticed_is_told_with_its_remedy(editor, lorry, receiver):
    page, section = plan(editor, lorry)
    length = page.get_by_label("Duration", exact=True)
    warning = section.locator("#spike-expect-short")
    length.fill("30s")
    expect(warning).to_contain_text("The rule may never fire")
    length.fill("2m")
    expect(warning).to_contain_text("The alert may never be sent")
    section.get_by_role("button", name="Make it 3 min long").click()
    expect(warning).to_be_hidden()
    expect(length).to_have_value("3m")
    expect(length).to_be_focused()


def test_without_a_receiver_the_form_says_where_to_make_one(editor, lorry):
    _page, section = plan(editor, lorry)
    link = section.get_by_role("link", name="Create a receiver")
    expect(link).to_have_attribute("href", "/receivers")
    editor.api.post("/api/alert-receivers", {"name": "Late"})
    section.get_by_role("button", name="look again").click()
    expect(section.get_by_label("Alerts arrive at").locator("option:checked")).to_have_text("Late")


def test_errors_are_beside_their_inputs(editor, lorry, receiver, complaints):
    complaints.expect("422")
    page, section = plan(editor, lorry)
    page.get_by_role("button", name="Create spike").click()
    alert = section.get_by_label("Alert", exact=True)
    expect(alert).to_be_focused()
    expect(section.get_by_text("Enter the alert’s name, or * for any alert.")).to_be_visible()
    alert.fill("EngineHot")
    section.get_by_label("Fires within").fill("25 h")
    expect(section.get_by_text("Must be at most 24 h.")).to_be_visible()
    section.get_by_label("Fires within").fill("4 min")
    editor.api.post(f"/api/alert-receivers/{receiver['id']}/revoke")
    page.get_by_role("button", name="Create spike").click()
    page.get_by_role("button", name="Create anyway").click()
    expect(section.get_by_text("is revoked")).to_be_visible()
    expect(section.get_by_label("Alerts arrive at")).to_have_attribute("aria-invalid", "true")


def test_what_a_spike_expects_is_shown_and_changed(editor, lorry, receiver):
    spike = rehearse(editor, lorry, receiver, scope={"team": "ops"})
    page = editor.browse(f"/spikes/{spike['id']}/edit")
    section = page.get_by_role("region", name="Expect")
    expect(section.get_by_label("Alert", exact=True)).to_have_value("EngineHot")
    expect(section.get_by_label("Further labels")).to_have_value("severity=page")
    expect(section.get_by_label("Fires within")).to_have_value("90 s")
    expect(section.get_by_label("Labels of alerts that concern")).to_have_value("team=ops")
    section.get_by_label("Fires within").fill("5 min")
    section.get_by_label("How often").select_option("")
    page.get_by_role("button", name="Save", exact=True).click()
    toast(page, "saved")
    [changed] = saved(editor, lorry)["expectations"]
    assert (changed["within"], changed["at_most"]) == (300, None)


def test_a_form_whose_expectations_were_not_touched_is_not_dirty(editor, lorry, receiver):
    spike = rehearse(editor, lorry, receiver)
    page = editor.browse(f"/spikes/{spike['id']}/edit")
    expect(page.get_by_label("Alert", exact=True)).to_have_value("EngineHot")
    page.get_by_role("button", name="Cancel").click()
    page.wait_for_url(re.compile(r"/spikes/\d+$"))


def test_expectations_can_be_removed(editor, lorry, receiver):
    spike = rehearse(editor, lorry, receiver)
    page = editor.browse(f"/spikes/{spike['id']}/edit")
    page.get_by_role("button", name="Remove expectation 1").click()
    expect(page.get_by_text("Nothing is expected")).to_be_visible()
    expect(page.get_by_role("button", name="Add", exact=True)).to_be_focused()
    page.get_by_role("button", name="Save", exact=True).click()
    toast(page, "saved")
    assert saved(editor, lorry)["expectations"] == []


def test_a_duplicate_expects_the_same(editor, lorry, receiver):
    spike = rehearse(editor, lorry, receiver)
    page = editor.browse(f"/spikes/new?copy={spike['id']}")
    expect(page.get_by_label("Alert", exact=True)).to_have_value("EngineHot")
    create(page)
    first, second = saved(editor, lorry), saved(editor, lorry, 1)
    assert first["name"] != second["name"]
    assert [each["match"] for each in first["expectations"]] == [FIRES["match"]]


def test_a_warning_of_the_server_is_shown(editor, lorry, receiver):
    other = editor.api.collection(f"Other {editor.login}", cpu=RANGE)
    expected = {"receiver_id": receiver["id"], "expectations": [{}]}
    editor.api.spike(other, "In the way", duration=86400, rehearsal=expected)
    page, section = plan(editor, lorry)
    section.get_by_label("Alert", exact=True).fill("*")
    create(page)
    toast(page, "one alert could be taken for either")


def test_the_keyboard_is_enough(editor, lorry, receiver):
    page = editor.browse(f"/spikes/new?collection={lorry['id']}")
    page.get_by_label("Name", exact=True).fill("Drill")
    page.get_by_role("button", name="Add an alert").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Alerts arrive at")).to_be_focused()
    for label in ("What concerns this spike", "What is expected", "Alert"):
        page.keyboard.press("Tab")
        expect(page.get_by_label(label, exact=True)).to_be_focused()
    page.keyboard.type("EngineHot")
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Create anyway").press("Enter")
    page.wait_for_url(re.compile(r"/spikes/\d+$"))
    assert len(saved(editor, lorry)["expectations"]) == 1


def test_nothing_scrolls_sideways_on_a_phone(editor, lorry, receiver):
    page, section = plan(editor, lorry, viewport=PHONE, has_touch=True)
    section.get_by_text("Numbers of your monitoring").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
