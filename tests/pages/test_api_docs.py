"""The API page makes calls as the user who is signed in."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.browsing import A_MOMENT, visit

PATIENCE_MS = 60_000


def operation(page: Page, name: str) -> Locator:
    """Open an operation by the id that Swagger UI gives it: `collections-list_collections`."""
    found = page.locator(f"#operations-{name}")
    found.locator(".opblock-summary-control").dispatch_event("click", timeout=PATIENCE_MS)
    expect(found.locator(".responses-wrapper")).to_be_visible()
    for _ in range(4):  # what it refers to is being resolved; before that Swagger UI cannot run it
        page.evaluate(A_MOMENT)
    return found


def run(page: Page, name: str, body: str | None = None, **parameters: str) -> Locator:
    """Try an operation; its status as it is shown."""
    found = operation(page, name)
    for parameter, value in parameters.items():
        cell = found.locator(f'tr[data-param-name="{parameter}"]')
        if cell.locator("select").count():
            cell.locator("select").select_option(value)
        else:
            cell.locator("input").fill(value)
            cell.locator("input").press("Tab")  # what is typed counts when it is left
    if body is not None:
        found.locator("textarea.body-param__text").fill(body)
    found.locator("button.execute").dispatch_event("click", timeout=PATIENCE_MS)
    return found.locator(".live-responses-table tbody td.response-col_status").first


def authorize(page: Page, scheme: str, value: str) -> None:
    page.get_by_role("button", name=re.compile("^Authorize")).first.click()
    dialog = page.locator(".dialog-ux")
    box = dialog.locator(".auth-container").filter(has=page.locator(f"code:text-is('{scheme}')"))
    box.locator("input").first.fill(value)
    box.get_by_role("button", name=re.compile("Apply credentials|Authorize")).click()
    dialog.get_by_role("button", name="Close").first.click()


@pytest.fixture
def docs(editor) -> Page:
    return editor.browse("/api/docs")


def test_calls_are_made_as_the_signed_in_user(editor, docs):
    expect(run(docs, "auth-me")).to_have_text(re.compile("^200"))
    expect(docs.locator("#operations-auth-me")).to_contain_text(editor.login)


def test_a_signed_in_user_can_make_changes(editor, docs):
    status = run(docs, "collections-create_collection", '{"name": "Made on the page"}')
    expect(status).to_have_text(re.compile("^201"))
    [made] = editor.api.get("/api/collections?search=Made+on+the+page")["items"]
    status = run(docs, "collections-delete_collection", collection_id=str(made["id"]))
    expect(status).to_have_text(re.compile("^204"))
    assert editor.api.get("/api/collections?search=Made+on+the+page")["total"] == 0


def test_a_poll_needs_a_key_and_asks_for_no_password(editor, docs, complaints):
    complaints.expect("401")
    collection = editor.api.collection("Polled on the page", cpu={"value_type": "EPOCH_NOW"})
    given = {"collection_id": str(collection["id"]), "collection_type": "performance"}
    expect(run(docs, "data-data_by_id", **given)).to_have_text(re.compile("^401"))
    key = editor.api.post("/api/api-keys", {"label": "page"})["key"]
    authorize(docs, "X-API-Key", key)
    docs.locator("#operations-data-data_by_id button.execute").dispatch_event("click")
    status = docs.locator(
        "#operations-data-data_by_id .live-responses-table tbody td.response-col_status"
    ).first
    expect(status).to_have_text(re.compile("^200"))


def test_calls_without_a_sign_in_are_refused(site, open_page, complaints):
    complaints.expect("401")
    page = open_page()
    visit(page, f"{site.url}/api/docs")
    expect(run(page, "auth-me")).to_have_text(re.compile("^401"))
