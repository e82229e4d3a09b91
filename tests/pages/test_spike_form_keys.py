"""The spike form with the keyboard: short ways, few tab stops, and a focus that no bar covers."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.browsing import RANGE, tab_to, toast

SIZES = {
    "wide": {"width": 1280, "height": 800},
    "at 200 %": {"width": 640, "height": 400},
    "phone": {"width": 390, "height": 844},
}

# Whether each corner of what has the focus can be seen where it is on the screen.
COVERED = """() => {
  const focused = document.activeElement;
  const box = focused.getBoundingClientRect();
  const points = [[box.left + 2, box.top + 2], [box.right - 2, box.top + 2],
                  [box.left + 2, box.bottom - 2], [box.right - 2, box.bottom - 2]];
  const isSeen = ([x, y]) => {
    const found = document.elementFromPoint(x, y);
    return found && (focused.contains(found) || found.contains(focused));
  };
  if (focused.matches(".visually-hidden, main") || box.height > innerHeight / 2) return "";
  return points.every(isSeen) ? "" : `${focused.outerHTML.slice(0, 120)} at ${JSON.stringify(box)}`;
}"""


@pytest.fixture
def twelve(editor):
    fields = {f"field {number:02}": RANGE for number in range(12)}
    return editor.api.collection(f"Twelve {editor.login}", **fields)


def form(editor, collection, **options) -> Page:
    page = editor.browse(f"/spikes/new?collection={collection['id']}", **options)
    expect(page.get_by_role("slider", name="Polls of")).to_be_visible()
    page.get_by_label("Name", exact=True).fill("Drill")
    return page


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("key", ["Tab", "Shift+Tab"])
def test_the_focus_is_never_covered_by_a_bar(editor, twelve, size, key):
    page = form(editor, twelve, viewport=SIZES[size])
    covered = []
    for _ in range(110):
        page.keyboard.press(key)
        covered.append(page.evaluate(COVERED))
    assert [said for said in covered if said] == []


def test_on_a_low_screen_the_bars_scroll_away(editor, twelve):
    page = form(editor, twelve, viewport=SIZES["at 200 %"])
    page.mouse.wheel(0, 300)
    expect(page.get_by_role("banner")).not_to_be_in_viewport()
    expect(page.get_by_role("button", name="Create spike")).not_to_be_in_viewport()


def test_quick_factors_are_one_tab_stop_with_arrow_keys(editor, twelve):
    page, keys = (page := form(editor, twelve)), page.keyboard
    factors = page.get_by_role("group", name="Quick factors for field 03")

    def factor(name):
        return factors.get_by_role("button", name=name)

    page.get_by_label("field 03: to").focus()
    keys.press("Tab")
    expect(factor("÷2")).to_be_focused()
    keys.press("Tab")
    expect(page.get_by_label("field 04: from")).to_be_focused()
    keys.press("Shift+Tab")
    for key, name in [
        ("ArrowRight", "×2"),
        ("End", "×10"),
        ("ArrowRight", "×10"),
        ("ArrowLeft", "×5"),
        ("Home", "÷2"),
    ]:
        keys.press(key)
        expect(factor(name)).to_be_focused()
    keys.press("ArrowRight")
    keys.press("Space")
    expect(factor("×2")).to_be_focused()
    expect(factor("×2")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_label("field 03: to")).to_have_value("40")


def test_the_create_button_is_near(editor, twelve):
    page = form(editor, twelve)
    tab_to(page, page.get_by_role("button", name="Create spike"), max_presses=75)


def test_control_enter_saves_and_the_page_says_so(editor, twelve):
    page = form(editor, twelve)
    bar = page.locator(".action-bar")
    expect(bar).to_contain_text("Ctrl Enter")
    expect(bar.get_by_role("button", name="Create spike")).to_have_attribute(
        "aria-keyshortcuts", "Control+Enter Meta+Enter"
    )
    page.get_by_label("field 05: to").fill("200")
    with page.expect_event("load"):
        page.keyboard.press("Control+Enter")
    toast(page, "“Drill” created.")
    (spike,) = editor.api.get("/api/spike-schedules")["items"]
    assert [copy["range_end_number"] for copy in spike["spike_fields"]] == [200]


def test_a_changed_row_moves_to_the_changed_rows_immediately(editor, twelve):
    page, keys = (page := form(editor, twelve)), page.keyboard
    changed = page.get_by_role("group", name="Overridden fields")
    value = page.get_by_label("field 07: to")
    value.focus()
    place = value.bounding_box()["y"]
    keys.press("ControlOrMeta+a")
    keys.type("4")
    expect(changed.get_by_label("field 07: to")).to_be_focused()
    keys.type("5.5")
    expect(value).to_have_value("45.5")
    assert abs(value.bounding_box()["y"] - place) < 2
    expect(page.get_by_text("11 fields unchanged")).to_be_visible()
    keys.press("Tab")
    keys.press("Tab")
    keys.press("Tab")
    expect(page.get_by_label("field 08: from")).to_be_focused()
