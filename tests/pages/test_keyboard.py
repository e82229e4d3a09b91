"""Everything works with the keyboard alone, and the focus is never lost."""

import pytest
from playwright.sync_api import Locator, expect

from tests.support.browsing import RANGE, tab_to, toast


def press(button: Locator) -> None:
    """Press a button with the keyboard when it is enabled."""
    expect(button).to_be_enabled()
    button.press("Enter")


def test_a_collection_a_field_and_a_spike_are_created_with_the_keyboard_alone(site, editor):
    page, keys = (page := editor.browse("/collections")), page.keyboard
    create = page.get_by_role("button", name="New collection").first
    tab_to(page, create)
    keys.press("Enter")
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    keys.type(f"Typed {editor.login}")
    with page.expect_event("load"):
        keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Typed {editor.login}")

    tab_to(page, page.get_by_role("button", name="New field").first)
    keys.press("Enter")
    dialog = page.get_by_role("dialog", name="New field")
    expect(dialog.get_by_label("Name", exact=True)).to_be_focused()
    keys.type("load")
    tab_to(page, dialog.get_by_role("combobox", name="Value"))
    keys.type("Fixed int")
    tab_to(page, dialog.get_by_role("textbox", name="Value"))
    keys.type("7")
    keys.press("Enter")
    toast(page, "“load” created.")
    expect(page.get_by_role("row", name="load")).to_contain_text("fixed at 7")
    expect(page.get_by_role("button", name="New field").first).to_be_focused()

    tab_to(page, page.get_by_role("link", name="Create Spike"), backwards=True)
    with page.expect_event("load"):
        keys.press("Enter")
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    keys.type("Drill")
    tab_to(page, page.get_by_role("button", name="In 1 h"))
    keys.press("Space")
    tab_to(page, page.get_by_role("button", name="5 min", exact=True))
    keys.press("Space")
    tab_to(page, page.get_by_label("load: value"))
    keys.press("ControlOrMeta+a")
    keys.type("70")
    tab_to(page, page.get_by_role("button", name="Create spike"))
    with page.expect_event("load"):
        keys.press("Enter")
    toast(page, "“Drill” created.")
    (spike,) = editor.api.get("/api/spike-schedules")["items"]
    assert [copy["fixed_value_number"] for copy in spike["spike_fields"]] == [70]


@pytest.mark.parametrize("key", ["Escape", "Cancel"])
def test_closing_a_dialog_returns_the_focus(editor, key):
    collection = editor.api.collection(f"Kept {editor.login}", load=RANGE)
    page = editor.browse(f"/collections/{collection['id']}")
    for name in ("New field", "Edit load", "Delete load", "Edit Collection"):
        opener = page.get_by_role("button", name=name)
        press(opener)
        dialog = page.get_by_role("dialog")
        expect(dialog).to_be_visible()
        if key == "Escape":
            page.keyboard.press("Escape")
        else:
            press(dialog.get_by_role("button", name="Cancel"))
        expect(dialog).to_be_hidden()
        expect(opener).to_be_focused()


def test_a_dialog_keeps_the_focus_inside(editor):
    page = editor.browse("/collections")
    press(page.get_by_role("button", name="New collection").first)
    dialog = page.get_by_role("dialog")
    for _ in range(10):
        page.keyboard.press("Tab")
        outside = "document.activeElement !== document.body && !document.activeElement.closest('dialog')"
        assert not page.evaluate(outside)
    expect(dialog).to_be_visible()


def test_escape_asks_before_input_is_discarded(editor):
    page, keys = (page := editor.browse("/collections")), page.keyboard
    press(page.get_by_role("button", name="New collection").first)
    keys.type("Half a na")
    keys.press("Escape")
    question = page.get_by_role("dialog", name="Discard your changes?")
    expect(question.get_by_role("button", name="Cancel")).to_be_focused()
    keys.press("Escape")
    expect(question).to_be_hidden()
    name = page.get_by_role("dialog", name="New collection").get_by_label("Name")
    expect(name).to_have_value("Half a na")
    expect(name).to_be_focused()
    keys.press("Escape")
    tab_to(page, question.get_by_role("button", name="Discard"))
    keys.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="New collection").first).to_be_focused()


def test_menus_open_move_and_close_with_the_keyboard(editor):
    collection = editor.api.collection(f"Menu {editor.login}", load=RANGE)
    page, keys = (page := editor.browse(f"/collections/{collection['id']}")), page.keyboard
    more = page.get_by_role("button", name="More", exact=True)
    press(more)
    copy = page.get_by_role("button", name="Copy", exact=True).first
    expect(copy).to_be_visible()
    keys.press("ArrowDown")
    expect(copy).to_be_focused()
    keys.press("ArrowDown")
    expect(page.get_by_role("button", name="Delete", exact=True)).to_be_focused()
    keys.press("Escape")
    expect(more).to_be_focused()
    expect(more).to_have_attribute("aria-expanded", "false")


def test_errors_focus_the_first_invalid_input(editor):
    collection = editor.api.collection(f"Wrong {editor.login}", load=RANGE)
    page, keys = (page := editor.browse(f"/collections/{collection['id']}")), page.keyboard
    press(page.get_by_role("button", name="New field").first)
    keys.press("Enter")
    name = page.get_by_role("dialog").get_by_label("Name")
    expect(name).to_be_focused()
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(name).to_have_accessible_description("Give the field a name.")
    name.fill("cpu")
    keys.press("Enter")
    expect(page.get_by_role("dialog").get_by_label("From")).to_be_focused()


def test_the_spike_form_focuses_the_first_problem(editor):
    collection = editor.api.collection(f"Wrong {editor.login}", load=RANGE)
    page, keys = (page := editor.browse(f"/spikes/new?collection={collection['id']}")), page.keyboard
    page.get_by_label("load: from").fill("30")
    press(page.get_by_role("button", name="Create spike"))
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    expect(page.get_by_label("Name", exact=True)).to_have_accessible_description("Give the spike a name.")
    keys.type("Drill")
    expect(page.get_by_role("button", name="1 thing to fix: load")).to_be_visible()
    keys.press("Enter")
    expect(page.get_by_label("load: from")).to_be_focused()


def test_choosing_an_expiry_date_focuses_its_input(editor):
    page = editor.browse("/api-keys")
    press(page.get_by_role("button", name="New key").first)
    press(page.get_by_role("dialog").get_by_role("button", name="A date"))
    expect(page.get_by_label("Last day")).to_be_focused()


def test_the_top_bar_can_be_skipped(editor):
    page = editor.browse("/spikes")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
