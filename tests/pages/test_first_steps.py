"""The first steps on the dashboard, and the closing step that says what to do next."""

import re

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

from tests.support.browsing import FIXED, fits, visit


def steps(page: Page) -> Locator:
    return page.get_by_role("region", name="First steps")


def do_everything(editor) -> None:
    """Create a collection, a key and a spike over the API, and poll."""
    collection = editor.api.collection(f"First {editor.login}", load=FIXED)
    key = editor.api.post("/api/api-keys", {"label": "First"})["key"]
    path = f"{editor.site}/api/collections/{collection['id']}/data/performance"
    requests.get(path, headers={"X-API-Key": key}, timeout=20).raise_for_status()
    editor.api.spike(collection)


@pytest.fixture
def finished(editor, width) -> Page:
    """Return the dashboard of a user who has just done the last step."""
    page = editor.browse("/", **width)
    expect(steps(page)).to_contain_text("0 of 5 done")
    do_everything(editor)
    page.reload()
    return page


def test_after_the_last_step_the_next_one_is_a_rehearsal(finished):
    expect(steps(finished)).to_contain_text("All done")
    expect(steps(finished)).to_contain_text("Next: rehearse your first alert")
    expect(steps(finished).get_by_role("listitem")).to_have_count(0)
    assert fits(finished)
    finished.reload()
    with finished.expect_popup() as opened:
        steps(finished).get_by_role("link", name="What to rehearse").click()
    expect(opened.value).to_have_url(re.compile("/help#rehearsing-alerts$"))
    expect(steps(finished)).to_be_hidden()
    visit(finished, finished.url)
    expect(steps(finished)).to_be_hidden()


def test_the_closing_step_can_be_hidden(finished):
    steps(finished).get_by_role("button", name="Hide the first steps").click()
    expect(steps(finished)).to_be_hidden()
    visit(finished, finished.url)
    expect(steps(finished)).to_be_hidden()


def test_a_user_who_has_done_everything_sees_no_steps(editor):
    do_everything(editor)
    page = editor.browse("/")
    expect(page.get_by_role("heading", name="1 spike active")).to_be_visible()
    visit(page, page.url)
    expect(steps(page)).to_be_hidden()
