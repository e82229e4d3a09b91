"""Ending and deleting a spike asks nothing; for ten seconds it can be undone, also on the next page."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

from tests.support.accessible import violations
from tests.support.browsing import FIXED, RANGE, fits, follow, iso, toast

LATER = {"start_datetime": "2031-05-20T12:00:00Z", "duration": 600}


class Device:
    """Create a collection with an active and a scheduled spike."""

    def __init__(self, editor) -> None:
        self.api, self.name = editor.api, f"Truck {editor.login}"
        self.collection = self.api.collection(self.name, load=RANGE, cores=FIXED)
        cores = {"original_field_id": self.collection["fields"][1]["id"], "fixed_value_number": 64}
        start = datetime.now(UTC) - timedelta(minutes=10)
        window = {"start_datetime": iso(start), "duration": 3600}
        self.active = self.api.spike(self.collection, "Rush", spike_fields=[cores], **window)
        self.scheduled = self.api.spike(self.collection, "Fair", spike_fields=[cores], **LATER)

    def path(self, spike: dict) -> str:
        return f"/api/spike-schedules/{spike['id']}"

    def exists(self, spike: dict) -> bool:
        return self.api.ask("GET", self.path(spike)).status_code == 200

    def end_of(self, spike: dict) -> str:
        return self.api.get(self.path(spike))["end_datetime"]

    def poll(self) -> dict:
        key = self.api.post("/api/api-keys", {"label": "tests"})["key"]
        path = f"/api/collections/{self.collection['id']}/data/performance"
        answer = requests.get(self.api.site + path, headers={"X-API-Key": key}, timeout=20)
        return answer.json()["data"]


@pytest.fixture
def device(editor) -> Device:
    return Device(editor)


def undo(page: Page) -> Locator:
    return page.locator(".toast").get_by_role("button", name="Undo")


def end_now(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^End now")).first.click()
    toast(page, "“Rush” ended. The next poll returns normal values.")


def stop_clock_in(page: Page, seconds: float) -> None:
    """Let the browser's clock pass some seconds, and stop it."""
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + seconds)


PLACES = ["/", "/spikes", "/collections/{collection}", "/spikes/{spike}", "/spikes/{spike}/edit"]


@pytest.mark.parametrize("place", PLACES)
def test_an_end_is_undone_from_every_page_that_offers_it(editor, device, place):
    path = place.format(collection=device.collection["id"], spike=device.active["id"])
    page = editor.browse(path)
    before = device.end_of(device.active)
    end_now(page)
    assert device.end_of(device.active) < before
    undo(page).click()
    toast(page, "“Rush” is active again, until")
    assert device.end_of(device.active) == before
    expect(page.get_by_role("button", name=re.compile("^End now")).first).to_be_enabled()
    assert device.poll()["cores"] == 64


def test_an_end_that_is_not_undone_stays(editor, device):
    page = editor.open_page()
    page.context.add_cookies(editor.api.cookies)
    page.clock.install()
    page.goto(f"{editor.site}/")
    end_now(page)
    stop_clock_in(page, 8)
    expect(undo(page)).to_be_visible()
    page.clock.run_for(3_000)
    expect(undo(page)).to_have_count(0)
    assert device.api.get(device.path(device.active))["status"] == "expired"
    assert device.poll()["cores"] == 7


def test_the_offer_stays_while_it_is_pointed_at_or_focused(editor, device):
    page = editor.open_page()
    page.context.add_cookies(editor.api.cookies)
    page.clock.install()
    page.goto(f"{editor.site}/spikes")
    end_now(page)
    undo(page).hover()
    page.clock.run_for(30_000)
    undo(page).focus()
    page.mouse.move(0, 0)
    page.clock.run_for(30_000)
    expect(undo(page)).to_be_focused()
    page.keyboard.press("Enter")
    toast(page, "“Rush” is active again")


def test_the_focus_moves_to_the_offer_where_the_row_had_it(editor, device):
    page = editor.browse("/spikes")
    page.get_by_role("button", name="Delete Fair").press("Enter")
    expect(undo(page)).to_be_visible()
    expect(page.get_by_role("button", name="Delete Fair")).to_have_count(0)
    expect(undo(page)).to_be_focused()
    page.keyboard.press("Enter")
    toast(page, "“Fair” restored.")
    assert device.exists(device.scheduled)


def test_control_and_z_undo_except_in_an_input(editor, device):
    page = editor.browse("/spikes")
    page.get_by_role("button", name="Delete Fair").click()
    expect(undo(page)).to_be_visible()
    page.get_by_role("searchbox").press("ControlOrMeta+z")
    expect(undo(page)).to_be_visible()
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("ControlOrMeta+z")
    toast(page, "“Fair” restored.")
    assert device.exists(device.scheduled)


def test_a_deletion_can_be_undone_on_the_next_page(editor, device):
    page = editor.browse("/spikes")
    page.get_by_role("button", name="Delete Rush").click()
    toast(page, "“Rush” deleted. The next poll returns normal values.")
    assert not device.exists(device.active)
    page.goto(f"{editor.site}/api-keys")
    toast(page, "“Rush” deleted.")
    undo(page).click()
    toast(page, "“Rush” restored.")
    assert device.api.get(device.path(device.active))["end_datetime"] == device.active["end_datetime"]
    assert device.poll()["cores"] == 64


def test_a_deletion_that_is_not_undone_stays_after_the_page_is_left(editor, device):
    page = editor.open_page()
    page.context.add_cookies(editor.api.cookies)
    page.clock.install()
    page.goto(f"{editor.site}/spikes")
    page.get_by_role("button", name="Delete Fair").click()
    toast(page, "“Fair” deleted.")
    stop_clock_in(page, 4)
    page.goto(f"{editor.site}/api-keys")
    expect(undo(page)).to_be_visible()
    page.clock.run_for(4_000)
    expect(undo(page)).to_be_visible()
    page.clock.run_for(3_000)
    expect(undo(page)).to_have_count(0)
    page.clock.resume()
    page.goto(f"{editor.site}/spikes")
    expect(page.get_by_role("link", name="Rush", exact=True)).to_be_visible()
    expect(undo(page)).to_have_count(0)
    assert not device.exists(device.scheduled)


def test_the_form_deletes_without_a_question_unless_input_would_be_lost(editor, device, width):
    page = editor.browse(f"/spikes/{device.scheduled['id']}/edit", **width)
    page.get_by_label("Name", exact=True).fill("Changed")
    page.get_by_role("button", name="Delete", exact=True).click()
    question = page.get_by_role("dialog", name="Delete “Fair” and discard your changes?")
    question.get_by_role("button", name="Cancel").click()
    page.get_by_label("Name", exact=True).fill("Fair")
    follow(page, page.get_by_role("button", name="Delete", exact=True))
    toast(page, "“Fair” deleted.")
    assert fits(page)
    assert violations(page) == []
    undo(page).click()
    toast(page, "“Fair” restored.")
    assert device.exists(device.scheduled)


def test_after_a_poll_has_removed_an_ended_spike_it_can_be_run_again(editor, device, complaints):
    complaints.expect("404")
    page = editor.browse("/")
    end_now(page)
    assert device.poll()["cores"] == 7
    undo(page).click()
    dialog = page.get_by_role("dialog", name="“Rush” cannot go on")
    expect(dialog).to_contain_text("A poll has returned normal values since")
    follow(page, dialog.get_by_role("button", name="Run again"))
    toast(page, "“Rush” runs again. It ends at")
    (again,) = device.api.get("/api/spike-schedules?status=active")["items"]
    assert page.url == f"{editor.site}/spikes/{again['id']}"
    late = datetime.fromisoformat(again["end_datetime"]) - datetime.fromisoformat(
        device.active["end_datetime"]
    )
    assert abs(late.total_seconds()) <= 5
    assert device.poll()["cores"] == 64


def test_an_ended_spike_that_someone_changed_stays_ended(editor, device, admin_api, complaints):
    complaints.expect("412")
    page = editor.browse("/")
    end_now(page)
    admin_api.call(
        "PATCH", device.path(device.active), {"name": "Theirs", "end_datetime": "2031-01-01T00:00:00Z"}
    )
    undo(page).click()
    dialog = page.get_by_role("dialog", name="“Rush” stays ended")
    expect(dialog).to_contain_text("Someone has changed it since. Nothing was undone.")
    follow(page, dialog.get_by_role("button", name="Open it"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Theirs")


def test_a_deleted_spike_whose_window_is_taken_says_so(editor, device, complaints):
    complaints.expect("409")
    page = editor.browse("/spikes")
    page.get_by_role("button", name="Delete Fair").click()
    expect(undo(page)).to_be_visible()
    taken = device.api.spike(device.collection, "In its place", **LATER)
    undo(page).click()
    dialog = page.get_by_role("dialog", name="“Fair” was not restored")
    expect(dialog).to_contain_text("In its place")
    device.api.call("DELETE", device.path(taken))
    dialog.get_by_role("button", name="Try again").click()
    toast(page, "“Fair” restored.")
    assert device.exists(device.scheduled)


def test_without_the_server_the_undo_can_be_tried_again(editor, device, complaints):
    complaints.expect("ERR_FAILED")
    page = editor.browse("/spikes")
    end_now(page)
    page.route("**/api/spike-schedules/*", lambda route: route.abort())
    undo(page).click()
    dialog = page.get_by_role("dialog", name="“Rush” stays ended")
    expect(dialog).to_contain_text("The server is not responding.")
    page.unroute("**/api/spike-schedules/*")
    dialog.get_by_role("button", name="Try again").click()
    toast(page, "“Rush” is active again")
