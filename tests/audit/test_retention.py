"""The audit log stays within its size limits, and contains no secrets."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from app.db.session import db
from app.domain import audit
from app.models import ApiKey, AuditEntry, SignIn, User
from app.models.audit_storage import MIN_PRUNE_INTERVAL, compute_excess
from tests.conftest import NOW
from tests.support.signing_in import PASSWORD, sign_in
from tests.support.write_catalog import WRITES, WriteFixtures

ENTRY = {
    "noted_at": NOW,
    "source": "127.0.0.1",
    "action": "sign-in",
    "outcome": "done",
    "details": {},
}


@pytest.fixture
def limit_log(app):
    """Return a function that limits the log to this number of entries per category."""
    settings = app.config["SETTINGS"]

    def set_limit(limit: int) -> None:
        bounds = ("audit_entries", "audit_people_entries", "audit_refusals")
        audit.configure(replace(settings, **dict.fromkeys(bounds, limit)))

    yield set_limit
    audit.configure(settings)


def fill(app, count, **columns):
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.insert(AuditEntry), [ENTRY | columns] * count)


def count_by_category(app):
    """Return the number of entries by category and user."""
    counted = sa.select(AuditEntry.category, AuditEntry.actor_name, sa.func.count())
    with app.app_context():
        rows = db.session.execute(counted.group_by(AuditEntry.category, AuditEntry.actor_name)).all()
    return {(category, name): count for category, name, count in rows}


def test_the_log_keeps_the_newest_entries_up_to_about_its_limit(app, limit_log, owner, new_entries):
    limit_log(300)
    fill(app, 1000, category="collections", actor_id=owner.user_id, actor_name="owen")
    for number in range(MIN_PRUNE_INTERVAL):
        owner.post("/api/collections", {"name": f"Device {number}"})
    kept = [entry for entry in new_entries() if entry.category == "collections"]
    assert 300 <= len(kept) < 300 + MIN_PRUNE_INTERVAL
    newest = [entry.action for entry in kept[-MIN_PRUNE_INTERVAL:]]
    assert newest == ["create-collection"] * MIN_PRUNE_INTERVAL


def test_entries_of_a_bulk_delete_are_pruned_too(app, limit_log, admin, new_entries):
    limit_log(100)
    fill(app, 500, category="collections", actor_id=admin.user_id, actor_name="ada")
    ids = [admin.post("/api/collections", {"name": f"Device {number}"}).json["id"] for number in range(120)]
    assert admin.post("/api/collections/bulk-delete", {"collection_ids": ids}).status_code == 204
    kept = [entry for entry in new_entries() if entry.category == "collections"]
    assert 100 <= len(kept) < 100 + 120
    assert {entry.action for entry in kept[-100:]} == {"delete-collection"}


def test_a_lowered_limit_is_reached_in_steps(app, limit_log, owner):
    fill(app, 5000, category="collections", actor_id=owner.user_id, actor_name="owen")
    limit_log(100)
    for number in range(6):
        with app.app_context():
            newest = db.session.scalar(sa.select(sa.func.max(AuditEntry.id)))
        # The next entry triggers pruning.
        fill(app, -(newest + 1) % MIN_PRUNE_INTERVAL, category="people")
        owner.post("/api/collections", {"name": f"Device {number}"})
    assert count_by_category(app)["collections", "owen"] < 100 + MIN_PRUNE_INTERVAL


# --- A flood does not displace the entries of others ---------------------------------------------------


@pytest.fixture
def count_admin_entries(app, admin):
    """Create 50 entries of an Admin about users; return a function that counts them."""
    fill(app, 50, category="people", action="change-user", actor_id=admin.user_id, actor_name="ada")
    return lambda: count_by_category(app)["people", "ada"]


def guess(app, _caller, number):
    sign_in(app, f"user {number}", "not the password", f"198.18.{number // 250}.{number % 250}")


def write(_app, caller, number):
    caller.post("/api/collections", {"name": f"Device {number}"})


def make_key(_app, caller, number):
    caller.post("/api/api-keys", {"label": f"Key {number}"})


def sign_in_again(app, caller, _number):
    sign_in(app, caller.name)


def request_forbidden(_app, caller, number):
    caller.get("/api/users", environ_base={"REMOTE_ADDR": f"198.18.{number // 250}.{number % 250}"})


def request_missing(_app, caller, number):
    caller.get(f"/api/collections/{number + 100_000}")


FLOODS = [guess, write, make_key, sign_in_again, request_forbidden, request_missing]


@pytest.mark.parametrize("flood", FLOODS, ids=lambda flood: flood.__name__)
def test_a_flood_does_not_displace_entries_about_users(app, limit_log, owner, count_admin_entries, flood):
    limit_log(200)
    before = count_admin_entries()
    for number in range(450):
        flood(app, owner, number)
    assert count_admin_entries() == before
    assert all(count < 200 + MIN_PRUNE_INTERVAL for count in count_by_category(app).values())


def test_failed_sign_ins_do_not_displace_the_refusals_of_users(app, limit_log, viewer, new_entries):
    limit_log(200)
    for _ in range(20):
        viewer.get("/api/users")
    for number in range(450):
        guess(app, None, number)
    kept = count_by_category(app)
    assert kept["refusals", "vera"] == 20
    assert kept["refusals", None] < 200 + MIN_PRUNE_INTERVAL


@pytest.mark.parametrize("address", ["2001:db8::{:x}", "203.0.113.7:{}"])
def test_at_most_50_refusals_of_one_network_are_recorded_in_5_minutes(app, owner, new_entries, address):
    for number in range(60):
        sign_in(app, "owen", "wrong", address.format(number + 1))
    assert len([entry for entry in new_entries() if entry.outcome == "refused"]) == 50


def test_refusals_of_a_signed_in_user_are_limited_across_addresses(owner, new_entries):
    new_entries()
    for number in range(60):
        request_forbidden(None, owner, number)
    assert len(new_entries()) == 50


@pytest.mark.parametrize(
    ("counts", "bound", "excess"),
    [
        ({}, 10, {}),
        ({1: 10}, 10, {}),
        ({1: 11}, 10, {1: 1}),
        ({1: 4, 2: 7}, 10, {2: 1}),
        ({1: 100, 2: 100, 3: 1}, 11, {1: 95, 2: 95}),
        ({None: 100, 2: 3, 3: 4}, 20, {None: 87}),
        ({1: 5, 2: 5, 3: 5}, 10, {1: 2, 2: 2, 3: 2}),
    ],
)
def test_pruning_shrinks_only_the_largest_shares(counts, bound, excess):
    assert compute_excess(counts, bound) == excess


@given(st.dictionaries(st.integers(1, 20), st.integers(1, 500)), st.integers(20, 1000))
def test_pruning_leaves_about_the_limit_and_levels_the_largest_shares(counts, bound):
    excess = compute_excess(counts, bound)
    left = {party: count - excess.get(party, 0) for party, count in counts.items()}
    assert sum(left.values()) <= bound or (not excess and sum(counts.values()) <= bound)
    if excess:
        assert bound - len(counts) < sum(left.values())
        level = {left[party] for party in excess}
        assert len(level) == 1
        assert all(left[party] <= min(level) for party in counts.keys() - excess.keys())


def test_pruning_runs_once_per_interval(app, limit_log, owner, queries):
    limit_log(200)
    with queries() as seen:
        for number in range(MIN_PRUNE_INTERVAL):
            owner.post("/api/collections", {"name": f"Device {number}"})
    pruning = [each for each in seen.statements if "count(*)" in each and "audit_entries" in each]
    assert len(pruning) == 1


def recorded_text(app, caplog):
    """Return all audit entries as text, from the database and from the log."""
    with app.app_context(), db.engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT * FROM audit_entries")).all()
    return "\n".join([*map(str, rows), *caplog.messages])


def stored_secrets(app):
    """Return the secrets that the database stores."""
    columns = (User.password_hash, ApiKey.key_hash, ApiKey.prefix, SignIn.id)
    with app.app_context():
        return [secret for column in columns for secret in db.session.scalars(sa.select(column))]


def returned_secrets(answer):
    """Return the secrets that a response shows once."""
    given = answer.get_json(silent=True) if answer.data else None
    return [given[name] for name in ("access_token", "refresh_token", "key") if name in (given or {})]


def is_destructive(write):
    """Return whether a write deletes objects or ends sign-ins that other writes need."""
    return write.method == "DELETE" or write.path.endswith(("bulk-delete", "password", "logout"))


def test_the_log_contains_no_secret_after_every_write(app, admin, caplog):
    caplog.set_level("INFO")
    write_fixtures = WriteFixtures(app, admin)
    secrets = [PASSWORD, "new password", "typed by mistake", write_fixtures.tool.key, *admin.tokens.values()]
    for login in ("typed by mistake", "ada"):
        sign_in(app, login, "typed by mistake")
    for write in sorted(WRITES, key=is_destructive):
        secrets += stored_secrets(app)
        secrets += returned_secrets(write_fixtures.do(write))
    found = recorded_text(app, caplog)
    assert found.count("ada") > 20
    assert [secret for secret in secrets if isinstance(secret, str) and secret in found] == []
