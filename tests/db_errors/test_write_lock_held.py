"""Another connection holds the database's write lock for long: writes are refused, reads work."""

import pytest

from app import create_app
from app.db import transactions
from app.db.engine import LOCK_TIMEOUT_S
from app.db.session import db
from app.generation import usage
from app.web.access import AccessRule
from tests.conftest import FAST_SETTINGS
from tests.support.client import Poller
from tests.support.db_failures import assert_unavailable, dump_tables, write_lock
from tests.support.write_catalog import NEW_SPIKE


def test_every_read_works(app, world):
    with write_lock(app):
        statuses = {path: world.admin.get(path).status_code for path in list_readable_urls(app, world)}
    assert statuses == dict.fromkeys(statuses, 200)


def list_readable_urls(app, world):
    """Return the URL of everything that a signed-in user may read."""
    ids = {f"{name}_id": value for name, value in world.ids.items()} | {"collection_type": "performance"}
    urls = app.url_map.bind("localhost")
    rules = [
        rule for rule in app.url_map.iter_rules() if "GET" in rule.methods and rule.rule.startswith("/api/")
    ]
    return [
        urls.build(rule.endpoint, {name: ids[name] for name in rule.arguments})
        for rule in rules
        if app.view_functions[rule.endpoint].access_rule is not AccessRule.API_KEY
    ]


def test_an_access_token_can_be_renewed(app, world):
    refresh = {"Authorization": f"Bearer {world.admin.tokens['refresh_token']}"}
    with write_lock(app):
        assert world.admin.post("/api/auth/refresh", headers=refresh).status_code == 200


def test_a_draft_of_a_spike_can_be_previewed(app, world):
    draft = NEW_SPIKE | {"collection_id": world.ids["other"]}
    with write_lock(app):
        assert world.admin.post("/api/spike-schedules/preview", draft).status_code == 200


# --- Polls ---------------------------------------------------------------------------------------------


def test_a_poll_without_counters_is_served(app, world):
    with write_lock(app):
        assert world.tool.poll("Bridge").status_code == 200


def test_a_poll_waits_at_most_50_ms_to_record_the_use_of_its_key(app, world, clock):
    clock.shift(120)
    begin, waited_s = transactions.begin, []

    def record_wait(**options):
        if options.get("writes"):
            waited_s.append(options.get("lock_timeout_s"))
        begin(**options)

    default_app = create_app(app.config["SETTINGS"], TESTING=True, **FAST_SETTINGS)
    tool = Poller(default_app, world.tool.key)
    with write_lock(app), pytest.MonkeyPatch.context() as patch:
        patch.setattr(usage.transactions, "begin", record_wait)
        assert tool.poll("Bridge").status_code == 200
    assert waited_s == [usage.LOCK_TIMEOUT_S]
    assert usage.LOCK_TIMEOUT_S < LOCK_TIMEOUT_S / 100
    assert tool.poll("Bridge").status_code == 200
    assert get_last_use(world) == "2026-11-27T08:02:00Z"
    with default_app.app_context():
        db.engine.dispose()


def get_last_use(world):
    return world.admin.get(f"/api/api-keys/{world.tool.id}").json["last_used_at"]


def test_a_poll_with_counters_is_refused_and_no_value_is_lost(app, world):
    first = world.tool.data("Truck 01")["km"]
    with write_lock(app):
        assert_unavailable(world.tool.poll("Truck 01"))
        assert_unavailable(world.tool.poll("Truck 01"))
    assert world.tool.data("Truck 01")["km"] == first + 5


def test_a_poll_of_the_type_without_counters_is_served(app, world):
    with write_lock(app):
        assert world.tool.data("Truck 01", "configuration") == {"plate": "diesel"}


def test_a_poll_that_has_to_delete_an_expired_spike_is_refused(app, world, clock):
    clock.shift(3600)
    before = dump_tables(app)
    with write_lock(app):
        assert_unavailable(world.tool.poll("Truck 01", "configuration"))
    assert dump_tables(app) == before
    assert world.tool.poll("Truck 01", "configuration").status_code == 200
    assert dump_tables(app)["spike_schedules"] == []


@pytest.mark.parametrize("key", ["", "spk_nonsense"])
def test_a_wrong_key_is_401(app, world, key):
    with write_lock(app):
        assert Poller(app, key).poll("Truck 01").status_code == 401
