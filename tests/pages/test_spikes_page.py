"""The list of spikes and its actions."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.browsing import FIXED, RANGE, follow, iso, row, toast

NOON = datetime(2031, 5, 20, 12, tzinfo=UTC)
FLOAT = {"value_type": "FLOAT_FIXED", "fixed_value_float": 14.5}
COUNTER = {"value_type": "INCREMENT", "start_number": 10, "step_number": 0.5}


class Spikes:
    """Create three collections: with an active, a scheduled and an expired spike."""

    def __init__(self, editor) -> None:
        self.editor, self.api = editor, editor.api
        fields = {"load": RANGE, "cores": FIXED, "volts": FLOAT, "bytes": COUNTER}
        self.truck, self.bridge, self.pump = (
            self.api.collection(f"{name} {editor.login}", **fields) for name in ("Truck", "Bridge", "Pump")
        )
        self.active = self.api.spike(self.truck, "Rush", spike_fields=[self.of(self.truck, "cores", 70)])
        load = {"range_start_number": 90, "range_end_number": 100}
        overrides = [self.entry(self.bridge, "load", **load), self.of(self.bridge, "cores", 70)]
        later = {"start_datetime": iso(NOON), "spike_fields": overrides}
        self.scheduled = self.api.spike(self.bridge, "Fair", **later)
        self.expired = self.api.spike(self.pump, "Flood")
        self.api.post(f"/api/spike-schedules/{self.expired['id']}/end")

    def entry(self, collection: dict, field: str, **settings) -> dict:
        ids = {each["field_name"]: each["id"] for each in collection["fields"]}
        return {"original_field_id": ids[field], **settings}

    def of(self, collection: dict, field: str, value: int) -> dict:
        return self.entry(collection, field, fixed_value_number=value)

    def seen(self, spike: dict) -> dict:
        return self.api.get(f"/api/spike-schedules/{spike['id']}")

    def overrides(self, spike: dict) -> dict[str, dict]:
        """Return the overridden settings by the name of the field."""
        copies = [each for each in self.seen(spike)["spike_fields"] if each["is_overridden"]]
        return {
            each["field_name"]: {name: each[name] for name in each["overridden_settings"]} for each in copies
        }

    def names(self) -> set[str]:
        return {each["name"] for each in self.api.get("/api/spike-schedules")["items"]}


@pytest.fixture
def spikes(editor) -> Spikes:
    return Spikes(editor)


def names(page: Page) -> Locator:
    return page.get_by_role("region", name="Spikes").locator("td.key .title")


def status(page: Page, label: str) -> Locator:
    return page.get_by_role("group", name="Status").get_by_role("button", name=label)


def override(page: Page, field: str) -> Locator:
    return page.get_by_role("group", name=field, exact=True)


def save(page: Page, spike: dict) -> None:
    follow(page, page.get_by_role("button", name="Save"))
    toast(page, f"“{spike['name']}” saved.")


def test_filters_show_counts_and_are_in_the_url(editor, spikes, width):
    page = editor.browse("/spikes", **width)
    expect(names(page)).to_have_text(["Rush", "Fair"])
    for label, found in {"Current": 2, "Active": 1, "Scheduled": 1, "Past": 1}.items():
        expect(status(page, label)).to_have_text(f"{label} {found}")
    for label, (name, badge) in {
        "Active": ("Rush", "Active"),
        "Scheduled": ("Fair", "Scheduled"),
        "Past": ("Flood", "Ended"),
    }.items():
        status(page, label).click()
        expect(names(page)).to_have_text([name])
        expect(row(page, name)).to_contain_text(badge)
    page.reload()
    expect(names(page)).to_have_text(["Flood"])
    expect(status(page, "Past")).to_have_attribute("aria-pressed", "true")

    status(page, "Current").click()
    page.get_by_role("combobox", name="Collection").select_option(spikes.bridge["name"])
    expect(names(page)).to_have_text(["Fair"])
    expect(status(page, "Past")).to_have_text("Past 0")
    status(page, "Past").click()
    expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
    page.get_by_role("button", name="Clear filters").click()
    expect(names(page)).to_have_text(["Flood"])


@pytest.mark.parametrize(
    ("words", "found"), [("rus", ["Rush"]), ("LOAD", ["Fair"]), ("cores", ["Rush", "Fair"]), ("%", [])]
)
def test_search_finds_names_and_overridden_fields(editor, spikes, words, found):
    page = editor.browse("/spikes")
    expect(names(page)).to_have_count(2)
    page.get_by_role("searchbox", name="Search").fill(words)
    expect(names(page)).to_have_text(found)
    expect(status(page, "Current")).to_have_text(f"Current {len(found)}")


def test_a_duplicate_has_the_name_duration_and_overrides(editor, spikes):
    page = editor.browse("/spikes")
    follow(page, page.get_by_role("link", name="Duplicate Fair"))
    expect(page.get_by_label("Name", exact=True)).to_have_value("Fair copy")
    expect(override(page, "load").get_by_label("load: from")).to_have_value("90")
    expect(page.get_by_role("region", name="Window")).to_contain_text("1 h")
    follow(page, page.get_by_role("button", name="Create spike"))
    toast(page, "“Fair copy” created.")
    (copy,) = (each for each in spikes.api.get("/api/spike-schedules?search=Fair copy")["items"])
    assert spikes.overrides(copy) == spikes.overrides(spikes.scheduled)


def test_editing_changes_only_edited_values(editor, spikes):
    page = editor.browse("/spikes")
    follow(page, page.get_by_role("link", name="Edit Fair"))
    expect(override(page, "cores").get_by_role("textbox")).to_have_value("70")
    override(page, "load").get_by_label("load: to").fill("1,200")
    with page.expect_request(lambda request: request.method == "PATCH") as sent:
        save(page, spikes.scheduled)
    assert list(sent.value.post_data_json) == ["spike_fields"]
    after = spikes.seen(spikes.scheduled)
    for unchanged in ("name", "start_datetime", "end_datetime"):
        assert after[unchanged] == spikes.scheduled[unchanged]
    load = {"range_start_number": 90, "range_end_number": 1200}
    assert spikes.overrides(spikes.scheduled) == {"load": load, "cores": {"fixed_value_number": 70}}


def test_zero_and_fractions_can_be_typed(site, editor, spikes):
    page = editor.browse(f"/spikes/{spikes.scheduled['id']}/edit")
    override(page, "cores").get_by_role("textbox").fill("0")
    page.get_by_text("unchanged").click()
    override(page, "volts").get_by_role("textbox").fill("0.5")
    override(page, "bytes").get_by_label("bytes: step", exact=True).fill(".25")
    override(page, "bytes").get_by_label("bytes: reset at").fill("10")
    save(page, spikes.scheduled)
    overrides = spikes.overrides(spikes.scheduled)
    assert overrides["cores"] == {"fixed_value_number": 0}
    assert overrides["volts"] == {"fixed_value_float": 0.5}
    assert overrides["bytes"] == {"step_number": 0.25, "reset_number": 10}
    page.goto(f"{site.url}/spikes/{spikes.scheduled['id']}/edit")
    expect(override(page, "cores").get_by_role("textbox")).to_have_value("0")
    expect(override(page, "volts").get_by_role("textbox")).to_have_value("0.5")
    expect(override(page, "bytes").get_by_label("bytes: step", exact=True)).to_have_value("0.25")


def test_a_reset_override_follows_the_collection_again(editor, spikes):
    page = editor.browse(f"/spikes/{spikes.scheduled['id']}/edit")
    page.get_by_role("button", name="Reset cores").click()
    expect(override(page, "cores").get_by_role("textbox")).to_have_value("7")
    expect(page.get_by_role("region", name="Overrides")).to_contain_text("1 of 4 fields")
    save(page, spikes.scheduled)
    assert list(spikes.overrides(spikes.scheduled)) == ["load"]


def test_spikes_are_extended_and_ended(editor, spikes, width):
    page = editor.browse("/spikes", **width)
    page.get_by_role("button", name="Extend: Rush").click()
    page.get_by_role("button", name="15 min").click()
    toast(page, "“Rush” now ends at")
    end = datetime.fromisoformat(spikes.active["end_datetime"]) + timedelta(minutes=15)
    assert datetime.fromisoformat(spikes.seen(spikes.active)["end_datetime"]) == end

    page.get_by_role("button", name="End now: Rush").click()
    toast(page, "“Rush” ended. The next poll returns normal values.")
    expect(names(page)).to_have_text(["Fair"])
    expect(status(page, "Active")).to_have_text("Active 0")
    expect(status(page, "Past")).to_have_text("Past 2")
    assert spikes.seen(spikes.active)["status"] == "expired"


def test_deleting_asks_nothing_and_can_be_undone(editor, spikes):
    before = spikes.overrides(spikes.scheduled)
    page = editor.browse("/spikes")
    page.get_by_role("button", name="Delete Fair").click()
    toast(page, "“Fair” deleted.")
    expect(names(page)).to_have_text(["Rush"])
    assert "Fair" not in spikes.names()
    page.get_by_role("button", name="Undo").click()
    expect(names(page)).to_have_text(["Rush", "Fair"])
    (back,) = (each for each in spikes.api.get("/api/spike-schedules?search=Fair")["items"])
    assert spikes.overrides(back) == before
    assert back["id"] == spikes.scheduled["id"]
    assert back["start_datetime"] == spikes.scheduled["start_datetime"]


def test_several_spikes_are_deleted_together(editor, spikes):
    page = editor.browse("/spikes")
    page.get_by_role("checkbox", name="Select Rush").check()
    page.get_by_role("checkbox", name="Select Fair").check()
    expect(page.get_by_text("2 selected")).to_be_visible()
    page.get_by_role("button", name="Delete", exact=True).click()
    toast(page, "2 spikes deleted. The next poll returns normal values.")
    expect(page.get_by_role("heading", name="Nothing is active or scheduled")).to_be_visible()
    assert spikes.names() == {"Flood"}
    page.get_by_role("button", name="Undo").click()
    toast(page, "2 spikes restored.")
    expect(names(page)).to_have_text(["Rush", "Fair"])


def test_an_ended_spike_is_read_only(editor, spikes):
    page = editor.browse("/spikes?status=past")
    ended = row(page, "Flood")
    expect(ended.get_by_role("link", name="Duplicate Flood")).to_be_visible()
    expect(ended.get_by_role("link", name="Edit Flood")).to_be_hidden()
    expect(ended.get_by_role("button", name="End now")).to_have_count(0)
    expect(ended.get_by_role("button", name="Extend")).to_have_count(0)
    follow(page, ended.get_by_role("link", name="Flood", exact=True))
    expect(page.locator("h1 + .badge")).to_have_text("Ended")
    expect(page.get_by_role("link", name="Edit", exact=True)).to_be_hidden()
    page.goto(f"{editor.site}/spikes/{spikes.expired['id']}/edit")
    expect(page.get_by_text("This spike has ended.")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).not_to_be_editable()
    expect(page.get_by_role("button", name="Save")).to_be_hidden()
    expect(page.get_by_role("button", name="End now")).to_be_hidden()


def test_the_timeline_links_to_a_spike(editor, spikes):
    page = editor.browse("/spikes?view=timeline")
    lanes = page.get_by_role("list", name="Collections and their windows")
    expect(lanes.get_by_role("link", name="Rush")).to_be_visible()
    follow(page, lanes.get_by_role("link", name="Rush"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Rush")
