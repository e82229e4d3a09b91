"""The timeline on the dashboard and on the page of spikes: lanes, ranges, and what lies outside of them."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.support.browsing import FIXED, fits, follow, iso


def soon(**more: float) -> str:
    return iso(datetime.now(UTC) + timedelta(**more))


def lanes(page: Page) -> Locator:
    return page.get_by_role("list", name="Collections and their windows").locator("li")


def lane_names(page: Page) -> Locator:
    return lanes(page).locator(".timeline-name > a:first-of-type")


def zoom(page: Page, label: str) -> Locator:
    return page.get_by_role("group", name="Time range").get_by_role("button", name=label, exact=True)


@pytest.fixture
def devices(editor) -> dict[str, dict]:
    """Create ten collections; the last three have an active spike, one in an hour, and one in a month."""
    names = [f"{number} {editor.login}" for number in range(10)]
    made = {name: editor.api.collection(name, load=FIXED) for name in names}
    editor.api.spike(made[names[9]], "Rush", duration=900)
    editor.api.spike(made[names[8]], "Next", start_datetime=soon(hours=1), duration=900)
    editor.api.spike(made[names[7]], "Far away", start_datetime=soon(days=30), duration=900)
    return made


def test_the_dashboard_shows_eight_lanes_with_what_matters_next_first(editor, devices, width):
    page = editor.browse("/", **width)
    names = list(devices)
    expect(lane_names(page)).to_have_text([names[9], names[8], names[7], *names[:5]])
    headings = page.get_by_role("heading", level=2).filter(visible=True)
    expect(headings.filter(has_not_text="First steps")).to_have_text(
        ["1 spike active", "Next up", "Recent polls", "Timeline"]
    )
    assert fits(page)
    follow(page, page.get_by_role("link", name="All 10 collections"))
    expect(lane_names(page)).to_have_text(names)


def test_few_collections_need_no_link_to_all(editor):
    editor.api.collection(f"Only {editor.login}", load=FIXED)
    page = editor.browse("/")
    expect(lanes(page)).to_have_count(1)
    expect(page.get_by_role("link", name="All 1 collections")).to_be_hidden()


def test_a_short_spike_can_be_seen_in_a_short_range_which_is_kept(editor, devices, width):
    page = editor.browse("/", **width)
    bar = page.get_by_role("link", name="Rush, Active").locator(".timeline-bar")
    expect(bar).to_be_visible()
    for label in ("6 h", "24 h", "2 days", "5 days", "8 days"):
        zoom(page, label).click()
        expect(zoom(page, label)).to_have_attribute("aria-pressed", "true")
    assert bar.bounding_box()["width"] < 10
    zoom(page, "6 h").click()
    page.reload()
    expect(zoom(page, "6 h")).to_have_attribute("aria-pressed", "true")
    expect(bar).to_be_visible()
    assert bar.bounding_box()["width"] > (14 if width else 35)
    assert fits(page)


def test_a_found_spike_outside_of_the_range_is_offered(editor, devices, width):
    page = editor.browse("/spikes?view=timeline&search=far", **width)
    expect(lanes(page)).to_have_count(1)
    later = page.get_by_role("button", name=f"1 spike of 7 {editor.login}: show the nearest")
    expect(later).to_have_text("1 later →")
    later.focus()
    page.keyboard.press("Enter")
    bar = page.get_by_role("link", name="Far away")
    expect(bar).to_be_focused()
    expect(later).to_be_hidden()
    page.get_by_role("button", name="Now", exact=True).click()
    expect(later).to_be_visible()


def test_nothing_outside_of_the_range_is_offered_without_a_search(editor, devices):
    page = editor.browse("/spikes?view=timeline")
    expect(lanes(page)).to_have_count(10)
    expect(page.get_by_role("button", name="later →")).to_have_count(0)


@pytest.mark.parametrize(
    ("zone", "midnight"),
    [("Africa/Cairo", "2026-04-23T22:00:00+00:00"), ("America/Santiago", "2026-09-06T04:00:00+00:00")],
    ids=["Cairo", "Santiago"],
)
def test_the_hours_of_a_day_without_midnight_are_in_order(editor, zone, midnight):
    editor.api.collection(f"Clock {zone} {editor.login}", load=FIXED)
    page = editor.open_page(timezone_id=zone)
    page.context.add_cookies(editor.api.cookies)
    set_clocks(page, datetime.fromisoformat(midnight))
    page.goto(f"{editor.site}/")
    zoom(page, "24 h").click()
    expect(lanes(page)).to_have_count(1)
    expect(page.locator(".timeline-time")).to_have_text("01:00")
    hours = [text for text in page.locator(".timeline-hour").all_inner_texts() if text]
    assert len(hours) == len(set(hours)) > 5
    assert "00:00" not in hours
    days = [text.split()[1] for text in page.locator(".timeline-day").all_inner_texts()]
    assert days == sorted(set(days), key=int)


def set_clocks(page: Page, now: datetime) -> None:
    """Stop the browser's clock at an instant, and make the server's responses say the same."""

    def answer(route: Route) -> None:
        response = route.fetch()
        route.fulfill(
            response=response, headers=response.headers | {"date": format_datetime(now, usegmt=True)}
        )

    page.clock.set_fixed_time(now)
    page.route("**/api/**", answer)
