"""The page of the audit log: what it shows, and its filters."""

import pytest
from playwright.sync_api import expect

from tests.pages.test_hostile_names import HOSTILE, RANGE
from tests.support.browsing import row


@pytest.fixture
def auditor(person):
    return person("Admin")


def test_the_subject_of_a_row_filters_and_is_kept_in_the_url(auditor, width):
    api = auditor.api
    collection = api.collection(f"Truck of {auditor.login}", cpu=RANGE)
    api.call("PATCH", f"/api/collections/{collection['id']}", {"name": f"Van of {auditor.login}"})
    page = auditor.browse("/audit", **width)
    row(page, "Changed collection").first.get_by_role("button", name=f"Van of {auditor.login}").click()
    page.wait_for_url(f"**/audit?thing=collection+{collection['id']}")
    page.reload()
    for what in ("Created collection", "Created field", "Changed collection"):
        expect(row(page, what)).to_have_count(1)
    page.get_by_label("What", exact=True).select_option("Created field")
    expect(row(page, f"in “Truck of {auditor.login}”")).to_have_count(1)
    page.get_by_role("button", name="Remove the filter").click()
    page.wait_for_url("**/audit?what=create-field")


def test_only_refusals_can_be_shown_and_an_empty_result_says_so(auditor, viewer):
    assert viewer.api.ask("POST", "/api/collections", {"name": "x"}).status_code == 403
    page = auditor.browse("/audit")
    page.get_by_role("button", name="Refused", exact=True).click()
    expect(row(page, "POST /api/collections; as Viewer").first).to_contain_text(viewer.login)
    page.get_by_label("Search names and addresses").fill("nobody is called so")
    expect(page.get_by_text("Nothing found")).to_be_visible()
    page.get_by_role("button", name="Show everything").click()
    page.wait_for_url("**/audit")
    expect(row(page, "Signed in").first).to_be_visible()


def test_hostile_names_are_shown_as_text(auditor):
    names = [f"{name} {auditor.login}" for name in HOSTILE]
    for name in names:
        collection = auditor.api.collection(name, **{name: RANGE})
        auditor.api.spike(collection, name)
    page = auditor.browse(f"/audit?search={auditor.login}")
    for name in names:
        expect(row(page, "Created spike").filter(has_text=f"spike “{name}”")).to_have_count(1)
    assert page.locator("main script, main img, main svg[onload]").count() == 0
