"""The number of statements of a poll is the same for any number of fields and schedules.

On PostgreSQL a repeated poll reads only the grants revision (tests/generation/fastpath/test_grants_cache.py):
as many statements, or one more if the cached authorization is stale.
"""

import pytest
from sqlalchemy.engine import make_url

from tests.support.bulk import insert_fields, insert_schedules
from tests.support.statements import get_writes, work

FIND_KEY_AND_COLLECTION, ADVANCE_COUNTERS = 1, 1
READ_ONLY = FIND_KEY_AND_COLLECTION
STALE_READS = {"sqlite": 0, "postgresql": 1}
COUNTING_FIRST = READ_ONLY + ADVANCE_COUNTERS
COUNTING = ADVANCE_COUNTERS  # a repeated poll: the UPDATE validates the authorization again
READ_PLAN = 3  # revision and start of the next schedule, started schedules, fields
LOCK, RETURN_NUMBERS, DELETE_EXPIRED = 1, 1, 1  # the copies' numbers are read before they are deleted
RECORD_USE = 2

SIZES = pytest.mark.parametrize(
    ("fields", "schedules"),
    [(1, 0), (100, 0), (1000, 0), (1, 1000)],
    ids=["1 field", "100 fields", "1000 fields", "1000 schedules"],
)


@pytest.fixture
def collection(make):
    return make.collection("Truck 01")


@pytest.fixture
def statements(make, queries):
    """Return a function that polls twice and returns the statements of the second poll."""
    tool = make.key()

    def get_statements():
        tool.data("Truck 01")
        with queries() as seen:
            tool.data("Truck 01")
        return seen

    return get_statements


@SIZES
def test_a_poll_without_counters_is_one_read(app, collection, statements, fields, schedules):
    insert_fields(app, collection, fields)
    insert_schedules(app, collection, schedules)
    seen = statements()
    assert len(work(seen)) == READ_ONLY == 1
    assert get_writes(seen) == []


@SIZES
def test_a_poll_with_counters_is_one_statement(app, collection, statements, fields, schedules):
    insert_fields(app, collection, fields, "INCREMENT")
    insert_schedules(app, collection, schedules)
    assert len(work(statements())) == COUNTING == 1


@SIZES
def test_a_poll_without_counters_is_one_read_during_a_spike(
    app, make, collection, statements, fields, schedules
):
    insert_fields(app, collection, fields)
    insert_schedules(app, collection, schedules)
    make.spike(collection)
    seen = statements()
    assert len(work(seen)) == READ_ONLY
    assert get_writes(seen) == []


@SIZES
def test_a_poll_with_counters_is_one_statement_during_a_spike(
    app, make, collection, statements, fields, schedules
):
    insert_fields(app, collection, fields, "INCREMENT")
    insert_schedules(app, collection, schedules)
    make.spike(collection)
    assert len(work(statements())) == COUNTING


@pytest.mark.parametrize("expired", [1, 1000])
def test_a_poll_deletes_all_expired_schedules_in_one_statement(
    app, make, collection, queries, clock, expired, database_url
):
    insert_fields(app, collection, 10)
    insert_schedules(app, collection, expired)
    tool = make.key()
    clock.shift(10 * 86400)
    with queries() as seen:
        tool.data("Truck 01")
    stale_read = STALE_READS[make_url(database_url).get_backend_name()]
    first_try, second_try = READ_ONLY + READ_PLAN, stale_read + READ_ONLY + READ_PLAN
    assert len(work(seen)) == first_try + LOCK + RETURN_NUMBERS + DELETE_EXPIRED + second_try + RECORD_USE


@SIZES
def test_a_first_poll_reads_the_plan_in_three_statements(app, make, collection, queries, fields, schedules):
    insert_fields(app, collection, fields)
    insert_schedules(app, collection, schedules)
    tool = make.key()
    with queries() as seen:
        tool.data("Truck 01")
    assert len(work(seen)) == READ_ONLY + READ_PLAN + RECORD_USE


def test_counters_of_the_other_type_add_no_statement(make, collection, statements):
    make.field(collection, "NUMBER_FIXED")
    make.field(collection, "INCREMENT", collection_type="Configuration", start_number=1, step_number=1)
    assert len(work(statements())) == READ_ONLY


@pytest.mark.parametrize("value_type", ["NUMBER_RANGE", "INCREMENT"])
def test_recording_the_use_of_a_key_adds_two_statements_once_a_minute(
    make, collection, queries, clock, value_type
):
    make.field(collection, value_type)
    tool = make.key()
    tool.data("Truck 01")
    counts = []
    for _ in range(2):
        with queries() as seen:
            tool.data("Truck 01")
        counts.append(len(work(seen)))
        clock.shift(60)
    assert counts[1] - counts[0] == RECORD_USE


def test_rows_of_other_collections_add_no_statement(app, make, collection, statements):
    make.field(collection, "INCREMENT")
    for number in range(20):
        other = make.collection(f"Other {number}")
        insert_fields(app, other, 20, "INCREMENT")
        insert_schedules(app, other, 5)
    assert len(work(statements())) == COUNTING


def test_a_refused_poll_only_looks_up_the_key_and_the_collection(make, collection, queries):
    tool = make.key()
    tool.poll("Truck 02")  # the first one is recorded in the audit log
    with queries() as seen:
        assert tool.poll("Truck 02").status_code == 404
    assert len(work(seen)) == FIND_KEY_AND_COLLECTION


def test_a_poll_serves_the_values_of_a_thousand_fields(app, make, collection):
    insert_fields(app, collection, 700)
    insert_fields(app, collection, 300, "INCREMENT")
    tool = make.key()
    tool.data("Truck 01")
    data = tool.data("Truck 01")
    assert len(data) == 1000
    assert {value for name, value in data.items() if name.startswith("INCREMENT")} == {15}


@pytest.mark.postgresql
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True, scope="session")
def test_polls_use_indexes_even_in_tables_that_were_analyzed_while_empty(app, make):
    """Otherwise each poll of a new installation would read whole tables until they are analyzed again."""
    make.collection("Truck 01", {"value_type": "INCREMENT"})
    make.key().data("Truck 01")
    statement = "SELECT name, setting FROM pg_settings WHERE name LIKE 'enable\\_%' AND setting = 'off'"
    with app.app_context():
        off = dict(app.extensions["polls"].database.connection.read(statement, {}))
    assert off.keys() >= {"enable_seqscan", "enable_hashjoin", "enable_mergejoin"}
