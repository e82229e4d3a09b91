"""A page asks the database little, however much there is."""

import re

import pytest
from flask.testing import FlaskClient

from tests.support.signing_in import PASSWORD

MOST = 12
MUCH = 30

PAGES = {
    "/": "/",
    "/collections": "/collections",
    "/collections/<id:collection_id>": "/collections/{collection}",
    "/spikes": "/spikes?view=timeline&status=active",
    "/spikes/new": "/spikes/new?copy={spike}",
    "/spikes/<id:spike_id>": "/spikes/{spike}",
    "/api-keys": "/api-keys",
    "/integrations": "/integrations?collection={collection}",
    "/users": "/users",
    "/audit": "/audit",
    "/profile": "/profile",
    "/sign-in": "/sign-in?next=/spikes",
    "/api/docs": "/api/docs",
}


@pytest.fixture
def browser(app, admin) -> FlaskClient:
    """A browser in which the Admin is signed in."""
    client = app.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/sign-in").text)[1]
    form = {"csrf_token": token, "login": "ada", "password": PASSWORD}
    assert client.post("/sign-in", data=form).status_code == 303
    return client


@pytest.fixture
def much(make) -> dict[str, int]:
    """Many collections, each with fields, an active spike and a key; the ids of one."""
    for _ in range(MUCH):
        collection = make.collection(None, {"value_type": "NUMBER_RANGE"}, {"value_type": "INCREMENT"})
        field = collection["fields"][0]["id"]
        override = {"original_field_id": field, "range_start_number": 1, "range_end_number": 2}
        spike = make.spike(collection, override)
        make.key(allowed_collections=[{"collection_id": collection["id"]}])
    return {"collection": collection["id"], "spike": spike["id"]}


def test_every_page_is_looked_at(migrated_app):
    rules = [rule for rule in migrated_app.url_map.iter_rules() if "GET" in rule.methods]
    api = {rule.rule for rule in rules if rule.rule.startswith("/api/") and rule.rule != "/api/docs"}
    # The second is gone once there is a user, the third leads away without the first step.
    others = {"/static/<path:filename>", "/setup", "/sign-in/code"}
    assert {rule.rule for rule in rules} - api - others == set(PAGES)


def test_a_page_takes_few_statements_however_much_there_is(browser, much, queries):
    counts = {}
    for page in PAGES.values():
        with queries() as seen:
            assert browser.get(page.format(**much)).status_code == 200, page
        counts[page] = seen.count
    assert {page: count for page, count in counts.items() if count > MOST} == {}


def test_the_bar_of_an_admins_page_counts_active_spikes_by_their_windows_alone(browser, much, queries):
    with queries() as seen:
        assert f"{MUCH}" in browser.get("/").text
    (counting,) = [statement for statement in seen.statements if "count(" in statement]
    assert "collections" not in counting  # to look up that of each schedule takes many times as long


def test_a_page_without_a_sign_in_takes_few_too(app, much, queries):
    for page in PAGES.values():
        with queries() as seen:
            assert app.test_client().get(page.format(**much)).status_code in (200, 302), page
        assert seen.count <= 3, page
