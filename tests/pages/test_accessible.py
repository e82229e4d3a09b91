"""axe finds nothing on any page: light and dark, wide and on a phone."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import PHONE, WIDE
from tests.support.browsing import FIXED, RANGE, fits, visit

AXE = (Path(__file__).parents[1] / "support" / "axe" / "axe.min.js").read_text()
COUNTER = {"value_type": "INCREMENT", "start_number": 0, "step_number": 0.5}
TEXT = {"value_type": "TEXT_FIXED", "fixed_value_text": "up"}
EVERYTHING = "{resultTypes: ['violations']}"
COLOURS = "{resultTypes: ['violations'], runOnly: ['color-contrast', 'link-in-text-block']}"
WIDTHS = pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])

PAGES = [
    "/",
    "/collections",
    "/collections/{collection}",
    "/collections/{empty}",
    "/spikes",
    "/spikes?view=timeline",
    "/spikes/new?collection={collection}",
    "/spikes/{active}",
    "/spikes/{ended}",
    "/api-keys",
    "/integrations?collection={collection}",
    "/users",
    "/audit",
    "/profile",
    "/nowhere",
]
DIALOGS = {
    "/collections": ["Create Collection"],
    "/collections/{collection}": ["Add field", "Edit load", "Delete load", "Edit Collection"],
    "/spikes": ["Delete Active drill"],
    "/api-keys": ["Create key"],
    "/users": ["Create user"],
}


@pytest.fixture(scope="module")
def things(admin_api):
    """A collection with a spike of every status, an empty collection, and a key."""
    collection = admin_api.collection("Looked at", load=RANGE, cores=FIXED, polls=COUNTER, state=TEXT)
    empty = admin_api.collection("Without fields")
    ended = admin_api.spike(collection, "Ended drill")
    admin_api.post(f"/api/spike-schedules/{ended['id']}/end")
    override = {"original_field_id": collection["fields"][1]["id"], "fixed_value_number": 70}
    active = admin_api.spike(collection, "Active drill", spike_fields=[override])
    admin_api.spike(collection, "Later drill", start_datetime="2031-01-01T00:00:00Z")
    admin_api.post("/api/api-keys", {"label": "Looked at"})
    yield {
        "collection": collection["id"],
        "empty": empty["id"],
        "active": active["id"],
        "ended": ended["id"],
    }
    admin_api.post("/api/collections/bulk-delete", {"collection_ids": [collection["id"], empty["id"]]})


def violations(page: Page) -> list:
    """What axe finds: everything in light, and in dark what has to do with colours."""
    page.evaluate(AXE)
    found = []
    for scheme, options in {"light": EVERYTHING, "dark": COLOURS}.items():
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += [
            (scheme, each["id"], [node["html"][:200] for node in each["nodes"]])
            for each in page.evaluate(f"axe.run(document, {options})")["violations"]
        ]
    return found


@WIDTHS
def test_axe_finds_nothing_and_nothing_scrolls_sideways(site, things, person, complaints, viewport):
    complaints.expect("404")  # the page that is not there
    # axe puts styles of its own into the page, which the policy would refuse.
    page = person("Admin").browse("/profile", viewport=viewport, bypass_csp=True)
    for path in PAGES:
        visit(page, site.url + path.format(**things))
        assert violations(page) == [], path
        assert fits(page), path


@WIDTHS
def test_axe_finds_nothing_in_dialogs(site, things, person, viewport):
    page = person("Admin").browse("/profile", viewport=viewport, bypass_csp=True)
    for path, openers in DIALOGS.items():
        visit(page, site.url + path.format(**things))
        for opener in openers:
            page.get_by_role("button", name=opener, exact=True).first.click()
            dialog = page.locator("dialog[open]")
            expect(dialog).to_be_visible()
            assert violations(page) == [], opener
            assert fits(page), opener
            dialog.get_by_role("button", name="Cancel").click()
            expect(dialog).to_have_count(0)


@WIDTHS
def test_axe_finds_nothing_where_one_signs_in(site, open_page, viewport):
    page = open_page(viewport=viewport, bypass_csp=True)
    visit(page, f"{site.url}/sign-in")
    assert violations(page) == []
    assert fits(page)
