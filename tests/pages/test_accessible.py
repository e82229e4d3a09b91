"""axe finds nothing on any page: light and dark, wide and on a phone."""

from pathlib import Path

import pytest

from tests.support.browser import PHONE, WIDE

AXE = (Path(__file__).parents[1] / "support" / "axe" / "axe.min.js").read_text()
RANGE = {"value_type": "NUMBER_RANGE", "range_start_number": 1, "range_end_number": 5}
COUNTER = {"value_type": "INCREMENT", "start_number": 0, "step_number": 0.5}
TEXT = {"value_type": "TEXT_FIXED", "fixed_value_text": "up"}

PAGES = [
    "/",
    "/collections",
    "/collections/{collection}",
    "/spikes",
    "/spikes?view=timeline",
    "/spikes/new?collection={collection}",
    "/spikes/{spike}",
    "/api-keys",
    "/integrations?collection={collection}",
    "/users",
    "/audit",
    "/profile",
    "/nowhere",
]


@pytest.fixture(scope="module")
def things(admin_api):
    """A collection with an active spike, a scheduled one, and a key."""
    collection = admin_api.collection("Looked at", load=RANGE, polls=COUNTER, state=TEXT)
    spike = admin_api.spike(collection, "Active drill")
    later = {"start_datetime": "2030-01-01T00:00:00Z"}
    admin_api.spike(collection, "Later drill", **later)
    admin_api.post("/api/api-keys", {"label": "Looked at"})
    yield {"collection": collection["id"], "spike": spike["id"]}
    admin_api.call("DELETE", f"/api/collections/{collection['id']}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_axe_finds_nothing(site, things, person, complaints, viewport, scheme):
    complaints.expect("404")  # the page that is not there
    # axe puts styles of its own into the page, which the policy would refuse.
    options = {"viewport": viewport, "color_scheme": scheme, "bypass_csp": True}
    page = person("Admin").browse("/", **options)
    found = {}
    for path in PAGES:
        page.goto(site.url + path.format(**things))
        page.wait_for_load_state("networkidle")
        page.evaluate(AXE)
        violations = page.evaluate("axe.run()")["violations"]
        if violations:
            found[path] = [
                (each["id"], [node["html"][:200] for node in each["nodes"]]) for each in violations
            ]
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], path
    assert found == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_where_one_signs_in(site, open_page, admin_api, scheme):
    page = open_page(color_scheme=scheme, bypass_csp=True)
    page.goto(f"{site.url}/sign-in")
    page.evaluate(AXE)
    assert page.evaluate("axe.run()")["violations"] == []
