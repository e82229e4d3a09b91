"""Forms show, check and send the values that polls return, with all digits."""

import json

import requests
from playwright.sync_api import expect

from tests.support.browsing import RANGE, follow, row, toast

MANY = "9007199254740990.1234567891"
FLOAT = {"value_type": "FLOAT_RANGE", "range_start_float": 1, "range_end_float": 9, "float_precision": 3}


def bodies(page, method: str) -> list[dict]:
    """Record the bodies of the page's requests with this method."""
    sent: list[str] = []
    page.on("request", lambda request: request.method == method and sent.append(request.post_data))
    return sent


def counter(editor, collection: dict, **settings: str) -> dict:
    """Create a counter with its numbers exactly as given."""
    body = {
        "field_name": "bytes",
        "collection_type": "Performance",
        "value_type": "INCREMENT",
        "step_number": 1,
    }
    text = json.dumps(body)[:-1] + "".join(f', "{name}": {text}' for name, text in settings.items()) + "}"
    csrf = next(each.value for each in editor.api.session.cookies if each.name.endswith("_csrf"))
    headers = {"X-CSRF-TOKEN": csrf, "Content-Type": "application/json"}
    answer = editor.api.session.post(
        f"{editor.site}/api/collections/{collection['id']}/fields", data=text, headers=headers, timeout=20
    )
    assert answer.ok, answer.text
    return answer.json()


def field_text(editor, field: dict) -> str:
    return editor.api.ask("GET", f"/api/fields/{field['id']}").text


def test_renaming_a_counter_with_many_digits_changes_only_its_name(site, editor):
    collection = editor.api.collection(f"Digits {editor.login}")
    field = counter(editor, collection, start_number=MANY)
    key = editor.api.post("/api/api-keys", {"label": "Digits"})["key"]
    address = f"{site.url}/api/collections/{collection['id']}/data/performance"
    assert MANY in requests.get(address, headers={"X-API-Key": key}, timeout=20).text

    page = editor.browse(f"/collections/{collection['id']}")
    expect(row(page, "bytes")).to_contain_text("from 9,007,199,254,740,990.1234567891 by")
    sent = bodies(page, "PATCH")
    page.get_by_role("button", name="Edit bytes").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Start")).to_have_value(MANY)
    dialog.get_by_label("Name").fill("octets")
    dialog.get_by_role("button", name="Save").click()
    toast(page, "“octets” saved.")
    assert [json.loads(body) for body in sent] == [{"field_name": "octets"}]
    assert f'"current_number":{MANY}' in field_text(editor, field)


def test_typed_digits_are_sent_unchanged(editor):
    collection = editor.api.collection(f"Typed {editor.login}")
    field = counter(editor, collection, start_number="0.5")
    page = editor.browse(f"/collections/{collection['id']}")
    page.get_by_role("button", name="Edit bytes").click()
    page.get_by_role("dialog").get_by_label("Start").fill(MANY)
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    toast(page, "“bytes” saved.")
    assert f'"start_number":{MANY}' in field_text(editor, field)


def test_a_value_with_many_digits_is_not_an_override(editor):
    collection = editor.api.collection(
        f"Untouched {editor.login}",
        tiny={"value_type": "FLOAT_FIXED", "fixed_value_float": 0.0000012345678901234567},
        load=RANGE,
    )
    counter(editor, collection, start_number=MANY)
    page = editor.browse(f"/spikes/new?collection={collection['id']}")
    expect(page.get_by_role("region", name="Overrides")).to_contain_text("0 of 3 fields")
    page.get_by_label("Name", exact=True).fill("Drill")
    page.get_by_label("load: to").fill("200")
    follow(page, page.get_by_role("button", name="Create spike"))
    (spike,) = editor.api.get("/api/spike-schedules")["items"]
    assert [copy["field_name"] for copy in spike["spike_fields"]] == ["load"]


def test_a_comma_in_a_number_is_rejected_with_a_hint(editor):
    collection = editor.api.collection(f"Comma {editor.login}", load=FLOAT)
    page = editor.browse(f"/spikes/new?collection={collection['id']}")
    page.get_by_label("Name", exact=True).fill("Drill")
    for text in ("0,125", "1,250", "12,5"):
        page.get_by_label("load: to").fill(text)
        hint = f"Must be a number: use a point, not a comma ({text.replace(',', '.')})."
        expect(page.get_by_label("load: to")).to_have_accessible_description(hint)
        page.get_by_label("load: to").blur()
        expect(page.get_by_label("load: to")).to_have_value(text)
    page = editor.browse(f"/collections/{collection['id']}")
    page.get_by_role("button", name="Edit load").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("From").fill("0,125")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_label("From")).to_be_focused()
    expect(dialog).to_contain_text("use a point, not a comma (0.125)")


def kept_spike(editor) -> tuple[dict, dict]:
    """Create a spike that overrides one end of a range, then change the field's range."""
    collection = editor.api.collection(f"Kept {editor.login}", load=RANGE, other=RANGE)
    load = collection["fields"][0]["id"]
    spike = editor.api.spike(
        collection, "Drill", spike_fields=[{"original_field_id": load, "range_end_number": 100}]
    )
    editor.api.call("PATCH", f"/api/fields/{load}", {"range_start_number": 70, "range_end_number": 80})
    return collection, spike


def served(editor, spike: dict) -> tuple[int, int]:
    copies = editor.api.get(f"/api/spike-schedules/{spike['id']}")["spike_fields"]
    return copies[0]["range_start_number"], copies[0]["range_end_number"]


def test_a_saved_spike_shows_and_keeps_the_values_that_polls_get(editor):
    _, spike = kept_spike(editor)
    page = editor.browse("/spikes")
    with page.expect_response("**/api/spike-schedules/preview") as answer:
        page.goto(f"{editor.site}/spikes/{spike['id']}/edit")
    expect(page.get_by_label("load: from")).to_have_value("5")
    expect(page.get_by_label("load: to")).to_have_value("100")
    (line, _) = answer.value.json()["fields"]
    polls = answer.value.json()["phases"]
    during = line["values"][polls["before"] : polls["before"] + polls["during"]]
    assert min(during) < 70  # of 60 polls between 5 and 100
    # Checked by the same: 60 is above the 5 that is served, and below the 70 of the collection.
    page.get_by_label("load: to").fill("60")
    page.get_by_text("unchanged").click()
    page.get_by_label("other: to").fill("90")
    expect(page.get_by_role("button", name="to fix")).to_have_count(0)
    follow(page, page.get_by_role("button", name="Save"))
    toast(page, "“Drill” saved.")
    assert served(editor, spike) == (5, 60)


def test_renaming_a_saved_spike_keeps_its_values(editor):
    _, spike = kept_spike(editor)
    page = editor.browse(f"/spikes/{spike['id']}/edit")
    page.get_by_label("Name", exact=True).fill("Renamed")
    follow(page, page.get_by_role("button", name="Save"))
    toast(page, "“Renamed” saved.")
    assert served(editor, spike) == (5, 100)


def test_resetting_an_override_follows_the_collection_again(editor):
    _, spike = kept_spike(editor)
    page = editor.browse(f"/spikes/{spike['id']}/edit")
    page.get_by_text("unchanged").click()
    page.get_by_label("other: to").fill("90")
    page.get_by_role("button", name="Reset load").click()
    expect(page.get_by_label("load: from")).to_have_value("70")
    follow(page, page.get_by_role("button", name="Save"))
    assert served(editor, spike) == (70, 80)
