"""Helpers for tests of pages."""

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page, Request, expect

from tests.support.browser import TIMEOUT_S

BERLIN = "Europe/Berlin"
RANGE = {"value_type": "NUMBER_RANGE", "range_start_number": 5, "range_end_number": 20}
FIXED = {"value_type": "NUMBER_FIXED", "fixed_value_number": 7}


A_MOMENT = (
    "new Promise(done => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 50))"
)


def iso(instant: datetime) -> str:
    """Return the time as the API formats it, to the second."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def typed(instant: datetime, zone: str = BERLIN) -> str:
    """Return what a user in this time zone types for the time, to the second."""
    return instant.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M:%S")


def row(page: Page, name: str) -> Locator:
    """Return the table row that contains this text."""
    return page.get_by_role("row").filter(has_text=name)


def toast(page: Page, words: str) -> None:
    """Wait until the page shows a toast with this text."""
    expect(page.locator(".toast").filter(has_text=words)).to_be_visible()


def go(page: Page, name: str) -> None:
    """Open a page with the navigation bar, which is a menu on a phone."""
    menu = page.get_by_role("button", name="Menu", exact=True)
    if menu.is_visible():
        menu.click()
    follow(page, page.get_by_role("navigation", name="Main").get_by_role("link", name=name))


def follow(page: Page, link: Locator) -> None:
    """Click a link and wait until its page has loaded, because earlier input would be lost."""
    with page.expect_event("load"):
        link.click()


def visit(page: Page, url: str) -> None:
    """Open a page, and wait until all its requests are answered and rendered.

    For tests that check the whole page or that something is absent; others wait for the element they need.
    """
    under_way: set[Request] = set()

    def begin(request: Request) -> None:
        under_way.add(request)

    def end(request: Request) -> None:
        under_way.discard(request)

    page.on("request", begin)
    page.on("requestfinished", end)
    page.on("requestfailed", end)
    page.goto(url)
    deadline, quiet = time.monotonic() + TIMEOUT_S, 0
    while quiet < 2:  # a response may trigger another request
        assert time.monotonic() < deadline, [request.url for request in under_way]
        page.evaluate(A_MOMENT)
        quiet = 0 if under_way else quiet + 1
    page.remove_listener("request", begin)
    page.remove_listener("requestfinished", end)
    page.remove_listener("requestfailed", end)


def fits(page: Page) -> bool:
    """Return whether the page does not scroll horizontally."""
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def tab_to(page: Page, target: Locator, *, backwards: bool = False, max_presses: int = 60) -> None:
    """Press Tab until the target has the focus.

    Raises:
        AssertionError: The target does not have it after `max_presses` times.
    """
    expect(target).to_be_visible()
    for _ in range(max_presses):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
    raise AssertionError(f"{max_presses} presses of Tab do not reach {target}")
