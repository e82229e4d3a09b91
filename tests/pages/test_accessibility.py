"""axe finds no problems on any page: light and dark, on a desktop and a phone."""

import pytest
from playwright.sync_api import expect

from tests.support.accessible import violations
from tests.support.browsing import FIXED, RANGE, fits, visit
from tests.support.server import running_server

COUNTER = {"value_type": "INCREMENT", "start_number": 0, "step_number": 0.5}
TEXT = {"value_type": "TEXT_FIXED", "fixed_value_text": "up"}

PAGES = [
    "/",
    "/collections",
    "/collections/{collection}",
    "/collections/{empty}",
    "/spikes",
    "/spikes?status=past",
    "/spikes?view=timeline",
    "/spikes/new?collection={collection}",
    "/spikes/{active}",
    "/spikes/{later}",
    "/spikes/{ended}",
    "/spikes/{active}/edit",
    "/spikes/{ended}/edit",
    "/spikes/{expecting}/edit",
    "/api-keys",
    "/receivers",
    "/receivers/{receiver}",
    "/integrations?collection={collection}",
    "/users",
    "/audit",
    "/profile",
    "/help",
    "/help/api",
    "/nowhere",
]
DIALOGS = {
    "/collections": ["New collection"],
    "/collections/{collection}": ["New field", "Edit load", "Delete load", "Edit Collection"],
    "/api-keys": ["New key"],
    "/receivers": ["New receiver"],
    "/users": ["New user"],
}


FIRST_ADMIN = {
    "Token from the log": "not the token",
    "E-mail": "ada@example.org",
    "User name": "ada",
    "Password": "a password for the first Admin",
}


@pytest.fixture(scope="module")
def nobody_there(tmp_path_factory):
    """Yield a server without users."""
    nobody = {f"SPIKECAST_ADMIN_{name}": "" for name in ("EMAIL", "USERNAME", "PASSWORD")}
    file = tmp_path_factory.mktemp("nobody") / "spikecast.db"
    with running_server(f"sqlite:///{file}", workers=1, env=nobody) as server:
        yield server


@pytest.fixture(scope="module")
def things(admin_api):
    """Create a collection with a spike of every status, an empty collection, and a key."""
    collection = admin_api.collection("Looked at", load=RANGE, cores=FIXED, polls=COUNTER, state=TEXT)
    empty = admin_api.collection("Without fields")
    ended = admin_api.spike(collection, "Ended drill")
    admin_api.post(f"/api/spike-schedules/{ended['id']}/end")
    override = {"original_field_id": collection["fields"][1]["id"], "fixed_value_number": 70}
    active = admin_api.spike(collection, "Active drill", spike_fields=[override])
    later = admin_api.spike(collection, "Later drill", start_datetime="2031-01-01T00:00:00Z")
    receiver = admin_api.receiver("Looked at", "EngineHot", "TruckDown")
    expected = {"receiver_id": receiver["id"], "expectations": [{}, {"kind": "quiet"}]}
    expecting = admin_api.spike(
        collection, "Test", start_datetime="2032-01-01T00:00:00Z", duration=30, rehearsal=expected
    )
    admin_api.post("/api/api-keys", {"label": "Looked at"})
    yield {
        "collection": collection["id"],
        "empty": empty["id"],
        "active": active["id"],
        "later": later["id"],
        "ended": ended["id"],
        "receiver": receiver["id"],
        "expecting": expecting["id"],
    }
    admin_api.post("/api/collections/bulk-delete", {"collection_ids": [collection["id"], empty["id"]]})
    admin_api.call("DELETE", f"/api/alert-receivers/{receiver['id']}")


def test_axe_finds_nothing_and_nothing_scrolls_sideways(site, things, person, complaints, width):
    complaints.expect("404")  # the page that is not there
    # axe puts styles of its own into the page, which the policy would refuse.
    page = person("Admin").browse("/profile", bypass_csp=True, **width)
    for path in PAGES:
        visit(page, site.url + path.format(**things))
        assert violations(page) == [], path
        assert fits(page), path


def test_axe_finds_nothing_in_dialogs(site, things, person, width):
    page = person("Admin").browse("/profile", bypass_csp=True, **width)
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


@pytest.mark.parametrize("path", ["/sign-in", "/api/docs"])
def test_axe_finds_nothing_before_signing_in(site, open_page, width, path):
    page = open_page(bypass_csp=True, **width)
    visit(page, site.url + path)
    assert violations(page) == []
    assert fits(page)


def test_axe_finds_nothing_on_the_set_up_page(nobody_there, open_page, complaints, width):
    page = open_page(bypass_csp=True, **width)
    visit(page, f"{nobody_there.url}/setup")
    assert violations(page) == []
    assert fits(page)
    complaints.expect("403")
    for label, text in FIRST_ADMIN.items():
        page.get_by_label(label).fill(text)
    page.get_by_role("button", name="Create Admin and sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert violations(page) == []
    assert fits(page)
