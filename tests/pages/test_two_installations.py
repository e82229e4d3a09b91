"""Two instances on one host, at different ports, work in one browser."""

from collections.abc import Callable
from urllib.parse import quote

from playwright.sync_api import BrowserContext, Page, expect

from tests.support.browsing import row
from tests.support.server import ADMIN_PASSWORD, ADMIN_USERNAME, RunningServer, running_server


def sign_in(context: BrowserContext, server: RunningServer) -> Page:
    page = context.new_page()
    page.goto(f"{server.url}/sign-in")
    page.get_by_label("E-mail or user name").fill(ADMIN_USERNAME)
    page.get_by_label("Password").fill(ADMIN_PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{server.url}/")
    return page


def write(page: Page, server: RunningServer, name: str) -> None:
    """Create a collection, which needs the cookie and the CSRF token of this instance."""
    page.goto(f"{server.url}/collections")
    page.get_by_role("main").get_by_role("button", name="Collection").or_(
        page.get_by_role("main").get_by_role("button", name="New collection")
    ).first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_role("button", name="Create").click()
    page.wait_for_url(f"{server.url}/collections/*")
    page.goto(f"{server.url}/collections?search={quote(name)}")
    expect(row(page, name)).to_be_visible()


def test_two_installations_on_one_host_keep_separate_sign_ins(tmp_path, open_page: Callable[..., Page], site):
    with running_server(f"sqlite:///{tmp_path / 'spikecast.db'}", workers=1) as other:
        context = open_page().context
        pages = {server.url: sign_in(context, server) for server in (site, other)}
        for server, name in ((site, "Here"), (other, "There"), (site, "Here again")):
            write(pages[server.url], server, name)
        pages[other.url].wait_for_load_state("networkidle")  # what it still loads would be refused
        pages[other.url].get_by_role("button", name=ADMIN_USERNAME).click()
        pages[other.url].get_by_role("button", name="Sign out").click()
        pages[other.url].wait_for_url(f"{other.url}/sign-in")
        write(pages[site.url], site, "Here still")
