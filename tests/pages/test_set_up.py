"""The first Admin is created with the token in the server's log."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.server import RunningServer, running_server

NOBODY = {f"SPIKECAST_ADMIN_{name}": "" for name in ("EMAIL", "USERNAME", "PASSWORD")}
PASSWORD = "a password for the first Admin"


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """Yield a server that has no users until a test creates one."""
    file = tmp_path_factory.mktemp("fresh") / "spikecast.db"
    with running_server(f"sqlite:///{file}", workers=1, env=NOBODY) as server:
        yield server


def token_of(server: RunningServer) -> str:
    return re.search(r"/setup\?token=(\S+)", server.log())[1]


def fill(page: Page, token: str) -> None:
    page.get_by_label("Token from the log").fill(token)
    page.get_by_label("E-mail").fill("ada@example.org")
    page.get_by_label("User name").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create Admin and sign in").click()


def test_the_token_in_the_log_creates_the_first_admin_once(fresh, open_page, complaints):
    page = open_page()
    page.goto(fresh.url)
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up Spikecast")

    complaints.expect("403")
    fill(page, "not the token")
    expect(page.get_by_role("alert")).to_contain_text("is wrong or has expired")
    expect(page.get_by_label("E-mail")).to_have_value("ada@example.org")

    fill(page, token_of(fresh))
    page.wait_for_url(f"{fresh.url}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Dashboard")
    steps = page.get_by_role("region", name="First steps")
    expect(steps).to_contain_text("0 of 5 done")
    expect(steps.get_by_role("button", name="New collection")).to_be_visible()
    expect(page.get_by_role("link", name="Users")).to_be_visible()

    complaints.expect("404")
    assert page.goto(f"{fresh.url}/setup").status == 404
    page.get_by_role("link", name="To the dashboard").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dashboard")


def test_the_url_in_the_log_contains_the_token(tmp_path, open_page):
    with running_server(f"sqlite:///{tmp_path / 'spikecast.db'}", workers=1, env=NOBODY) as server:
        page = open_page()
        page.goto(re.search(r"http://\S+/setup\?token=\S+", server.log())[0])
        expect(page.get_by_label("Token from the log")).to_have_value(token_of(server))
