"""GET and HEAD write nothing, so that links of other sites cannot either. Polls write, but ignore cookies."""

import pytest

from tests.conventions.test_access import COLUMNS, EXPECTED
from tests.support.client import Caller
from tests.support.db_failures import dump_tables
from tests.support.route_fixtures import RouteFixtures

POLLED = "/data/"
READ = [route.removeprefix("GET ") for route in EXPECTED if route.startswith("GET ") and POLLED not in route]


@pytest.fixture
def people(nobody, owner, admin) -> dict[str, Caller]:
    return {"nobody": nobody, "owner": owner, "admin": admin}


def test_get_and_head_requests_change_no_table(app, people, monkeypatch):
    # Refused polls are recorded in the audit log at intervals.
    monkeypatch.setattr(app.extensions["refused_polls"], "should_record", lambda *_: False)
    route_fixtures = RouteFixtures(people, people["owner"])
    paths = {rule: route_fixtures.path(rule) for rule in READ}
    before = dump_tables(app)
    for rule, path in paths.items():
        for who, caller in people.items():
            expected = EXPECTED[f"GET {rule}"][COLUMNS.index(who)]
            if expected == 403:
                continue  # a forbidden request is recorded in the audit log
            for method in ("GET", "HEAD"):
                with caller.call(method, path) as response:
                    assert response.status_code == expected, (method, path, who)
                assert dump_tables(app) == before, (method, path, who)
