"""The number of SQL statements of a page is small and does not grow with the data."""

import re

import pytest
from flask.testing import FlaskClient

from tests.support.alerts import alert
from tests.support.signing_in import PASSWORD

MAX_STATEMENTS = 12
COLLECTIONS = 30

PAGES = {
    "/": "/",
    "/collections": "/collections",
    "/collections/<id:collection_id>": "/collections/{collection}",
    "/dialogs": "/dialogs",
    "/spikes": "/spikes?view=timeline&status=active",
    "/spikes/expect": "/spikes/expect",
    "/spikes/new": "/spikes/new?copy={spike}",
    "/spikes/<id:spike_id>": "/spikes/{spike}",
    "/spikes/<id:spike_id>/edit": "/spikes/{spike}/edit",
    "/api-keys": "/api-keys",
    "/receivers": "/receivers",
    "/receivers/<id:receiver_id>": "/receivers/{receiver}",
    "/help": "/help",
    "/help/<path:page>": "/help/semantics",
    "/integrations": "/integrations?collection={collection}",
    "/users": "/users",
    "/audit": "/audit",
    "/profile": "/profile",
    "/sign-in": "/sign-in?next=/spikes",
    "/api/docs": "/api/docs",
}


@pytest.fixture
def browser(app, admin) -> FlaskClient:
    """Return a browser in which the Admin is signed in."""
    client = app.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/sign-in").text)[1]
    form = {"csrf_token": token, "login": "ada", "password": PASSWORD}
    assert client.post("/sign-in", data=form).status_code == 303
    return client


@pytest.fixture
def many_collections(make) -> dict[str, int]:
    """Create many collections, each with fields, an active spike and a key; return the ids of one."""
    for _ in range(COLLECTIONS):
        collection = make.collection(None, {"value_type": "NUMBER_RANGE"}, {"value_type": "INCREMENT"})
        field = collection["fields"][0]["id"]
        override = {"original_field_id": field, "range_start_number": 1, "range_end_number": 2}
        spike = make.spike(collection, override)
        make.key(allowed_collections=[{"collection_id": collection["id"]}])
    receiver = make.receiver()
    receiver.accept(*(alert(f"Alert {number}") for number in range(COLLECTIONS)))
    return {"collection": collection["id"], "spike": spike["id"], "receiver": receiver.id}


def test_the_list_has_every_page(migrated_app):
    rules = [rule for rule in migrated_app.url_map.iter_rules() if "GET" in rule.methods]
    api = {rule.rule for rule in rules if rule.rule.startswith("/api/") and rule.rule != "/api/docs"}
    # /setup is gone once there is a user, and /sign-in/code redirects without a pending sign-in.
    others = {"/static/<path:filename>", "/help/images/<picture>", "/setup", "/sign-in/code"}
    assert {rule.rule for rule in rules} - api - others == set(PAGES)


def test_every_page_takes_at_most_12_statements_with_many_collections(browser, many_collections, queries):
    counts = {}
    for page in PAGES.values():
        with queries() as seen:
            assert browser.get(page.format(**many_collections)).status_code == 200, page
        counts[page] = seen.count
    assert {page: count for page, count in counts.items() if count > MAX_STATEMENTS} == {}


def test_the_active_spike_count_in_an_admins_navigation_reads_no_collections(
    browser, many_collections, queries
):
    with queries() as seen:
        assert f"{COLLECTIONS}" in browser.get("/").text
    (counting,) = [statement for statement in seen.statements if "count(" in statement]
    assert "collections" not in counting  # joining them takes many times as long


def test_an_anonymous_page_request_takes_at_most_3_statements(app, many_collections, queries):
    for page in PAGES.values():
        with queries() as seen:
            assert app.test_client().get(page.format(**many_collections)).status_code in (200, 302), page
        assert seen.count <= 3, page
