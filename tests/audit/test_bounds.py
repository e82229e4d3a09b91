"""The log keeps its size, and holds no secret."""

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
def keep(app):
    """Let the log keep so many entries of each category."""
    settings = app.config["SETTINGS"]

    def set_most(most: int) -> None:
        bounds = ("audit_entries", "audit_people_entries", "audit_refusals")
        audit.configure(replace(settings, **dict.fromkeys(bounds, most)))

    yield set_most
    audit.configure(settings)


def fill(app, count, **columns):
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.insert(AuditEntry), [ENTRY | columns] * count)


def kept_by_category(app):
    """How many entries of each category and person are kept."""
    counted = sa.select(AuditEntry.category, AuditEntry.actor_name, sa.func.count())
    with app.app_context():
        rows = db.session.execute(counted.group_by(AuditEntry.category, AuditEntry.actor_name)).all()
    return {(category, name): count for category, name, count in rows}


def test_it_keeps_the_newest_and_about_as_many_as_it_is_told_to(app, keep, owner, noted):
    keep(300)
    fill(app, 1000, category="collections", actor_id=owner.user_id, actor_name="owen")
    for number in range(MIN_PRUNE_INTERVAL):
        owner.post("/api/collections", {"name": f"Device {number}"})
    kept = [entry for entry in noted() if entry.category == "collections"]
    assert 300 <= len(kept) < 300 + MIN_PRUNE_INTERVAL
    newest = [entry.action for entry in kept[-MIN_PRUNE_INTERVAL:]]
    assert newest == ["create-collection"] * MIN_PRUNE_INTERVAL


def test_many_entries_at_once_are_pruned_as_well(app, keep, admin, noted):
    keep(100)
    fill(app, 500, category="collections", actor_id=admin.user_id, actor_name="ada")
    ids = [admin.post("/api/collections", {"name": f"Device {number}"}).json["id"] for number in range(120)]
    assert admin.post("/api/collections/bulk-delete", {"collection_ids": ids}).status_code == 204
    kept = [entry for entry in noted() if entry.category == "collections"]
    assert 100 <= len(kept) < 100 + 120
    assert {entry.action for entry in kept[-100:]} == {"delete-collection"}


def test_a_bound_that_was_lowered_is_reached_step_by_step(app, keep, owner):
    fill(app, 5000, category="collections", actor_id=owner.user_id, actor_name="owen")
    keep(100)
    for number in range(6):
        with app.app_context():
            newest = db.session.scalar(sa.select(sa.func.max(AuditEntry.id)))
        fill(app, -(newest + 1) % MIN_PRUNE_INTERVAL, category="people")  # so that the next one prunes
        owner.post("/api/collections", {"name": f"Device {number}"})
    assert kept_by_category(app)["collections", "owen"] < 100 + MIN_PRUNE_INTERVAL


# --- Nobody pushes out what others did -----------------------------------------------------------------


@pytest.fixture
def long_ago(app, admin):
    """Entries of an Admin about people, which somebody would rather not have there."""
    fill(app, 50, category="people", action="change-user", actor_id=admin.user_id, actor_name="ada")
    return lambda: kept_by_category(app)["people", "ada"]


def guess(app, _caller, number):
    sign_in(app, f"user {number}", "not the password", f"198.18.{number // 250}.{number % 250}")


def write(_app, caller, number):
    caller.post("/api/collections", {"name": f"Device {number}"})


def make_key(_app, caller, number):
    caller.post("/api/api-keys", {"label": f"Key {number}"})


def sign_in_again(app, caller, _number):
    sign_in(app, caller.name)


def ask_for_what_is_not_allowed(_app, caller, number):
    caller.get("/api/users", environ_base={"REMOTE_ADDR": f"198.18.{number // 250}.{number % 250}"})


def ask_for_what_is_not_there(_app, caller, number):
    caller.get(f"/api/collections/{number + 100_000}")


FLOODS = [guess, write, make_key, sign_in_again, ask_for_what_is_not_allowed, ask_for_what_is_not_there]


@pytest.mark.parametrize("flood", FLOODS, ids=lambda flood: flood.__name__)
def test_nobody_pushes_out_what_others_did_to_people(app, keep, owner, long_ago, flood):
    keep(200)
    before = long_ago()
    for number in range(450):
        flood(app, owner, number)
    assert long_ago() == before
    assert all(count < 200 + MIN_PRUNE_INTERVAL for count in kept_by_category(app).values())


def test_strangers_do_not_push_out_what_was_refused_to_people(app, keep, viewer, noted):
    keep(200)
    for _ in range(20):
        viewer.get("/api/users")
    for number in range(450):
        guess(app, None, number)
    kept = kept_by_category(app)
    assert kept["refusals", "vera"] == 20
    assert kept["refusals", None] < 200 + MIN_PRUNE_INTERVAL


@pytest.mark.parametrize("address", ["2001:db8::{:x}", "203.0.113.7:{}"])
def test_one_network_has_50_refusals_noted_in_5_minutes_whatever_it_calls_itself(app, owner, noted, address):
    for number in range(60):
        sign_in(app, "owen", "wrong", address.format(number + 1))
    assert len([entry for entry in noted() if entry.outcome == "refused"]) == 50


def test_somebody_who_is_signed_in_is_one_whatever_their_address(owner, noted):
    noted()
    for number in range(60):
        ask_for_what_is_not_allowed(None, owner, number)
    assert len(noted()) == 50


@pytest.mark.parametrize(
    ("counts", "bound", "gone"),
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
def test_the_largest_shares_shrink_and_smaller_ones_stay_whole(counts, bound, gone):
    assert compute_excess(counts, bound) == gone


@given(st.dictionaries(st.integers(1, 20), st.integers(1, 500)), st.integers(20, 1000))
def test_about_the_bound_is_left_and_nobody_has_less_than_who_lost_something(counts, bound):
    gone = compute_excess(counts, bound)
    left = {party: count - gone.get(party, 0) for party, count in counts.items()}
    assert sum(left.values()) <= bound or (not gone and sum(counts.values()) <= bound)
    if gone:
        assert bound - len(counts) < sum(left.values())
        level = {left[party] for party in gone}
        assert len(level) == 1
        assert all(left[party] <= min(level) for party in counts.keys() - gone.keys())


def test_pruning_costs_few_statements_and_not_with_every_write(app, keep, owner, queries):
    keep(200)
    with queries() as seen:
        for number in range(MIN_PRUNE_INTERVAL):
            owner.post("/api/collections", {"name": f"Device {number}"})
    pruning = [each for each in seen.statements if "count(*)" in each and "audit_entries" in each]
    assert len(pruning) == 1


def everything(app, caplog):
    """All that was noted, in the database and in the log."""
    with app.app_context(), db.engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT * FROM audit_entries")).all()
    return "\n".join([*map(str, rows), *caplog.messages])


def secrets_of(app):
    """What the database holds and nobody may see."""
    columns = (User.password_hash, ApiKey.key_hash, ApiKey.prefix, SignIn.id)
    with app.app_context():
        return [secret for column in columns for secret in db.session.scalars(sa.select(column))]


def secrets_in(answer):
    """What an answer gave to somebody, to be shown once."""
    given = answer.get_json(silent=True) if answer.data else None
    return [given[name] for name in ("access_token", "refresh_token", "key") if name in (given or {})]


def ends_much(write):
    """Writes that end others' worlds come last."""
    return write.method == "DELETE" or write.path.endswith(("bulk-delete", "password", "logout"))


def test_no_secret_is_in_it_after_everything_was_done(app, admin, caplog):
    caplog.set_level("INFO")
    world = WriteFixtures(app, admin)
    secrets = [PASSWORD, "new password", "typed by mistake", world.tool.key, *admin.tokens.values()]
    for login in ("typed by mistake", "ada"):
        sign_in(app, login, "typed by mistake")
    for write in sorted(WRITES, key=ends_much):
        secrets += secrets_of(app)
        secrets += secrets_in(world.do(write))
    found = everything(app, caplog)
    assert found.count("ada") > 20
    assert [secret for secret in secrets if isinstance(secret, str) and secret in found] == []
