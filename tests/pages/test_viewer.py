"""A Viewer sees their collections and cannot change them."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.browsing import RANGE, row, visit

TEXT = {"value_type": "TEXT_FIXED", "fixed_value_text": "up"}
CHANGES = re.compile(
    r"^(create|new|add|edit|delete|remove|end now|extend|duplicate|reset|save|set|more$|now$|in \d|×|÷)",
    re.IGNORECASE,
)
PAGES = [
    "/",
    "/collections",
    "/collections/{collection}",
    "/spikes",
    "/spikes?status=past",
    "/spikes?view=timeline",
]
SPIKES = ["/spikes/{active}", "/spikes/{scheduled}", "/spikes/{expired}"]


@pytest.fixture
def given(viewer, admin_api):
    """Create the Viewer's collection, with a spike of every status."""
    collection = admin_api.collection(f"Given to {viewer.login}", load=RANGE, state=TEXT)
    expired = admin_api.spike(collection, "Ended")
    admin_api.post(f"/api/spike-schedules/{expired['id']}/end")
    override = {
        "original_field_id": collection["fields"][0]["id"],
        "range_start_number": 90,
        "range_end_number": 100,
    }
    active = admin_api.spike(collection, "Going on", spike_fields=[override])
    scheduled = admin_api.spike(collection, "Coming", start_datetime="2031-01-01T00:00:00Z")
    owner_id = viewer.api.get("/api/auth/me")["id"]
    admin_api.call("PATCH", f"/api/collections/{collection['id']}", {"owner_id": owner_id})
    spikes = {"active": active["id"], "scheduled": scheduled["id"], "expired": expired["id"]}
    return {"collection": collection["id"], **spikes}


def test_pages_offer_a_viewer_no_changes(site, viewer, given, width):
    page = viewer.browse("/", **width)
    writes = []
    page.on("request", lambda request: request.method != "GET" and writes.append(request))
    for path in PAGES + SPIKES:
        visit(page, site.url + path.format(**given))
        main = page.get_by_role("main")
        expect(main).to_contain_text(re.compile("Going on|Coming|Ended|Given to"))
        controls = [*main.get_by_role("button").all(), *main.get_by_role("link").all()]
        names = [(each.get_attribute("aria-label") or each.inner_text()).strip() for each in controls]
        assert [name for name in names if CHANGES.match(name)] == [], path
        for box in main.locator("input:not([type=search]), textarea").all():
            if box.is_visible():
                expect(box, path).not_to_be_editable()
    assert writes == []


def test_pages_show_the_viewers_collections(site, viewer, given):
    page = viewer.browse("/")
    active = page.get_by_role("region", name="1 spike active")
    expect(active.get_by_role("link", name="Going on")).to_be_visible()
    expect(active).to_contain_text("90–100")
    expect(page.get_by_role("region", name="Next up")).to_contain_text("Coming")
    expect(page.get_by_role("navigation", name="Main").get_by_role("link", name="Users")).to_have_count(0)

    page.goto(f"{site.url}/spikes")
    for name, badge in {"Going on": "Active", "Coming": "Scheduled"}.items():
        expect(row(page, name).locator(".badge")).to_have_text(badge)
    page.goto(f"{site.url}/spikes?status=past")
    expect(row(page, "Ended").locator(".badge")).to_have_text("Ended")

    page.goto(f"{site.url}/spikes/{given['active']}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Going on")
    expect(row(page, "load")).to_contain_text("90–100")

    page.goto(f"{site.url}/collections/{given['collection']}")
    expect(row(page, "load")).to_contain_text("random 90 to 100")
    expect(page.get_by_label("Sample", exact=True)).to_contain_text("X-Spike-Schedule")


def test_a_viewer_has_api_keys_of_their_own(site, viewer, given):
    page = viewer.browse("/api-keys")
    page.get_by_role("button", name="New key").first.click()
    dialog = page.get_by_role("dialog", name="New key")
    dialog.get_by_label("Label").fill("Grafana")
    dialog.get_by_role("button", name="Create key").click()
    expect(page.get_by_role("heading", name="Key “Grafana” created")).to_be_visible()
    page.get_by_role("button", name="I have stored it").click()


@pytest.mark.parametrize("path", ["/spikes/new", "/spikes/{active}/edit", "/users"])
def test_forms_are_refused_with_a_link_back(site, viewer, given, complaints, path):
    complaints.expect("403")
    page = viewer.browse("/")
    assert page.goto(site.url + path.format(**given)).status == 403
    expect(page.get_by_role("heading", level=1)).to_have_text("Not allowed")
    page.get_by_role("link", name="To the dashboard").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dashboard")


def test_other_collections_are_not_found(site, viewer, admin_api, complaints):
    other = admin_api.collection(f"Not for {viewer.login}", load=RANGE)
    spike = admin_api.spike(other, "Secret")
    complaints.expect("404")
    page = viewer.browse("/")
    for path in (f"/collections/{other['id']}", f"/spikes/{spike['id']}"):
        assert page.goto(site.url + path).status == 404
        expect(page.get_by_role("link", name="To the dashboard")).to_be_visible()
    page.goto(f"{site.url}/collections")
    expect(page.get_by_role("heading", name="No collections yet")).to_be_visible()
