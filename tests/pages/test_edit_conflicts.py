"""If two users change the same item, no change is lost and nothing is restored without asking."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.support.accessible import violations
from tests.support.browsing import FIXED, RANGE, iso, row, toast, typed

ZONE = {"timezone_id": "Europe/Berlin"}


@pytest.fixture
def refused_once(complaints):
    """Browsers log each response with an error status."""
    complaints.expect("412")


def conflict(page: Page):
    """Return the dialog about a conflicting change."""
    return page.get_by_role("dialog", name="has changed")


def told(page: Page) -> list[list[str]]:
    """Return the rows of the dialog: property, yours, theirs."""
    rows = conflict(page).locator("tbody tr")
    return [each.locator("th, td").all_inner_texts() for each in rows.all()]


def spike_of(person, **more):
    collection = person.api.collection(f"Shared by {person.login}", cpu=RANGE, fans=FIXED)
    start = datetime.now(UTC) - timedelta(minutes=5)
    window = {"start_datetime": iso(start), "duration": 7200}
    return collection, person.api.spike(collection, f"Drill of {person.login}", **{**window, **more})


def path_of(spike):
    return f"/api/spike-schedules/{spike['id']}"


def test_a_conflict_shows_what_changed_and_by_whom(editor, admin_api, refused_once):
    _, spike = spike_of(editor)
    page = editor.browse(f"/spikes/{spike['id']}/edit", **ZONE)
    page.get_by_label("Name", exact=True).fill("My name for it")
    end = datetime.fromisoformat(spike["end_datetime"]) + timedelta(hours=1)
    admin_api.call("PATCH", path_of(spike), {"end_datetime": iso(end)})
    page.get_by_role("button", name="Save", exact=True).click()
    expect(conflict(page)).to_contain_text("Changed by admin")
    first, second = told(page)
    assert first == ["Name", "My name for it", f"Drill of {editor.login}"]
    assert second[0] == "End"
    expect(conflict(page).get_by_role("button", name="Keep editing")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Name", exact=True)).to_have_value("My name for it")
    assert editor.api.get(path_of(spike))["name"] == f"Drill of {editor.login}"


def test_keeping_theirs_loads_it_into_the_form(editor, admin_api, refused_once):
    _, spike = spike_of(editor)
    page = editor.browse(f"/spikes/{spike['id']}/edit", **ZONE)
    page.get_by_label("Name", exact=True).fill("My name for it")
    admin_api.call("PATCH", path_of(spike), {"name": "Their name for it"})
    page.keyboard.press("Control+Enter")
    conflict(page).get_by_role("button", name="Keep theirs").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Their name for it")


def test_saving_mine_overwrites_theirs(editor, admin_api, refused_once):
    _, spike = spike_of(editor)
    page = editor.browse(f"/spikes/{spike['id']}/edit", **ZONE)
    page.get_by_label("Name", exact=True).fill("My name for it")
    admin_api.call("PATCH", path_of(spike), {"name": "Their name for it"})
    page.get_by_role("button", name="Save", exact=True).click()
    conflict(page).get_by_role("button", name="Save mine").click()
    toast(page, "“My name for it” saved.")
    assert editor.api.get(path_of(spike))["name"] == "My name for it"


def test_conflicting_overrides_of_one_field_ask_first(editor, admin_api, refused_once):
    collection, spike = spike_of(editor)
    cpu = collection["fields"][0]["id"]
    page = editor.browse(f"/spikes/{spike['id']}/edit", **ZONE)
    page.get_by_label("fans: value").fill("70")
    override = {"original_field_id": cpu, "range_end_number": 95}
    admin_api.call("PATCH", path_of(spike), {"spike_fields": [override]})
    page.get_by_role("button", name="Save", exact=True).click()
    expect(conflict(page)).to_be_visible()
    assert ["cpu", "as usual", "random 5 to 95"] in told(page)
    conflict(page).get_by_role("button", name="Keep editing").click()
    page.get_by_label("cpu: to").fill("95")
    page.get_by_role("button", name="Save", exact=True).click()  # theirs is in the form now
    toast(page, "saved.")
    saved = editor.api.get(path_of(spike))["spike_fields"]
    assert [copy["overridden_settings"] for copy in saved] == [["range_end_number"], ["fixed_value_number"]]


def test_saving_a_spike_that_was_ended_asks_first(editor, admin_api, refused_once):
    _, spike = spike_of(editor)
    page = editor.browse(f"/spikes/{spike['id']}/edit", **ZONE)
    later = datetime.fromisoformat(spike["end_datetime"]) + timedelta(hours=1)
    page.get_by_label("End", exact=True).fill(typed(later))
    admin_api.post(f"{path_of(spike)}/end")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(conflict(page)).to_contain_text("It has ended. Saving yours makes it active again.")
    assert violations(page) == []
    for _ in range(2):  # and asks again, as long as nobody says so
        conflict(page).get_by_role("button", name="Keep editing").click()
        assert editor.api.get(path_of(spike))["status"] == "expired"
        page.get_by_role("button", name="Save", exact=True).click()
    conflict(page).get_by_role("button", name="Save mine, run it again").click()
    toast(page, "saved.")
    assert editor.api.get(path_of(spike))["status"] == "active"


def test_saving_a_deleted_spike_asks_before_creating_it_again(editor, admin_api, complaints):
    complaints.expect("404")
    _, spike = spike_of(editor)
    page = editor.browse(f"/spikes/{spike['id']}/edit", **ZONE)
    page.get_by_label("Name", exact=True).fill("Wanted still")
    admin_api.call("DELETE", path_of(spike))
    page.get_by_role("button", name="Save", exact=True).click()
    gone = page.get_by_role("dialog", name="was deleted")
    gone.get_by_role("button", name="Cancel").click()
    assert editor.api.get("/api/spike-schedules")["items"] == []
    page.get_by_role("button", name="Save", exact=True).click()
    gone.get_by_role("button", name="Create it again").click()
    toast(page, "“Wanted still” created.")
    assert [each["name"] for each in editor.api.get("/api/spike-schedules")["items"]] == ["Wanted still"]


def test_repeating_a_save_whose_response_was_lost_succeeds(editor, complaints):
    complaints.expect("412|ERR_FAILED")
    _, spike = spike_of(editor)
    page = editor.browse(f"/spikes/{spike['id']}/edit", **ZONE)
    page.get_by_label("Name", exact=True).fill("Saved once")

    def lose_the_answer(route):
        if route.request.method == "PATCH":
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route(f"**{path_of(spike)}", lose_the_answer, times=1)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("The server is not responding.")).to_be_visible()
    page.unroute(f"**{path_of(spike)}")
    page.get_by_role("button", name="Save", exact=True).click()
    toast(page, "“Saved once” saved.")


def test_a_field_added_by_somebody_else_is_not_a_conflict(editor, admin_api, refused_once):
    collection, spike = spike_of(editor)
    page = editor.browse(f"/spikes/{spike['id']}/edit", **ZONE)
    page.get_by_label("Name", exact=True).fill("My name for it")
    field = {"collection_type": "Performance", "field_name": "disk", **RANGE}
    admin_api.post(f"/api/collections/{collection['id']}/fields", field)
    page.get_by_role("button", name="Save", exact=True).click()
    toast(page, "“My name for it” saved.")


def test_the_field_form_asks_before_it_overwrites_a_change(editor, admin_api, complaints):
    complaints.expect("412")
    collection = editor.api.collection(f"Fields of {editor.login}", cpu=RANGE)
    field = f"/api/fields/{collection['fields'][0]['id']}"
    page = editor.browse(f"/collections/{collection['id']}")
    row(page, "cpu").get_by_role("button", name="Edit").click()
    form = page.get_by_role("dialog", name="Edit “cpu”")
    form.get_by_label("To").fill("30")
    admin_api.call("PATCH", field, {"range_start_number": 1, "range_end_number": 99})
    form.get_by_role("button", name="Save").click()
    expect(conflict(page)).to_contain_text("Changed by admin")
    assert told(page) == [["From", "5", "1"], ["To", "30", "99"]]
    conflict(page).get_by_role("button", name="Keep theirs").click()
    expect(form).to_be_hidden()
    expect(row(page, "cpu")).to_contain_text("random 1 to 99")
    assert editor.api.get(field)["range_end_number"] == 99


def test_the_user_form_asks_before_it_overwrites_a_change(person, admin_api, complaints):
    complaints.expect("412")
    admin, other = person("Admin"), person()
    page = admin.browse("/users")
    page.get_by_label("Search").fill(other.login)
    page.get_by_role("button", name=f"Edit {other.login}").click()
    form = page.get_by_role("dialog", name=f"Edit “{other.login}”")
    form.get_by_label("E-mail").fill(f"{other.login}@mine.example")
    (user,) = admin_api.get(f"/api/users?search={other.login}")["items"]
    admin_api.call("PATCH", f"/api/users/{user['id']}", {"role": "Viewer"})
    form.get_by_role("button", name="Save").click()
    expect(conflict(page)).to_be_visible()
    assert ["Role", "Editor", "Viewer"] in told(page)
    conflict(page).get_by_role("button", name="Save mine").click()
    toast(page, "saved.")
    assert admin_api.get(f"/api/users/{user['id']}")["role"] == "Editor"


def test_ending_a_spike_that_somebody_extended_asks_first(editor, admin_api, complaints):
    complaints.expect("412")
    _, spike = spike_of(editor)
    page = editor.browse("/spikes")
    expect(row(page, spike["name"])).to_be_visible()
    admin_api.post(f"{path_of(spike)}/extend", {"duration": 3600})
    row(page, spike["name"]).get_by_role("button", name="End now").click()
    expect(conflict(page)).to_contain_text("Changed by admin")
    conflict(page).get_by_role("button", name="Cancel").click()
    assert editor.api.get(path_of(spike))["status"] == "active"
    row(page, spike["name"]).get_by_role("button", name="End now").click()
    toast(page, "ended.")


def test_a_key_that_was_revoked_elsewhere_counts_as_revoked(editor, complaints):
    complaints.expect("412")
    key = editor.api.post("/api/api-keys", {"label": f"Key of {editor.login}"})
    page = editor.browse("/api-keys")
    row(page, key["label"]).get_by_role("button", name="Revoke").click()
    editor.api.post(f"/api/api-keys/{key['id']}/revoke")
    page.get_by_role("dialog").get_by_role("button", name="Revoke key").click()
    toast(page, "revoked.")


def test_deleting_a_collection_with_a_new_field_asks_first(editor, admin_api, complaints):
    complaints.expect("412")
    collection = editor.api.collection(f"Growing {editor.login}", cpu=RANGE)
    page = editor.browse(f"/collections/{collection['id']}")
    expect(row(page, "cpu")).to_be_visible()
    field = {"collection_type": "Performance", "field_name": "disk", **RANGE}
    admin_api.post(f"/api/collections/{collection['id']}/fields", field)
    page.get_by_role("button", name="More", exact=True).click()
    page.locator(".menu-list").get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete collection").click()
    expect(conflict(page)).to_contain_text("Field “disk”")
    conflict(page).get_by_role("button", name="Delete anyway").click()
    page.wait_for_url("**/collections")
    assert editor.api.ask("GET", f"/api/collections/{collection['id']}").status_code == 404
