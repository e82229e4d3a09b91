"""How much work a poll is: the same few statements for any number of fields and schedules.

On PostgreSQL a poll like the one before asks only whether anybody's right to poll has changed since
(tests/generation/fastpath/test_grants_cache.py): as much work, or once in vain.
"""

import pytest
from sqlalchemy.engine import make_url

from tests.support.bulk import insert_fields, insert_schedules
from tests.support.statements import get_writes, work

FIND_KEY_AND_COLLECTION, MOVE_COUNTERS = 1, 1
READ_ONLY = FIND_KEY_AND_COLLECTION
IN_VAIN = {"sqlite": 0, "postgresql": 1}
COUNTING_FIRST = READ_ONLY + MOVE_COUNTERS
COUNTING = MOVE_COUNTERS  # for whoever has polled before; it tells whether all is as it was
READ_PLAN = 3  # revision and when the next schedule begins, those that have begun, fields
LOCK, HAND_BACK, DELETE_EXPIRED = 1, 1, 1  # the copies that have counted are read before they go
NOTES_ONCE_A_MINUTE = 2

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
    """The statements of one poll, for which the note of the minute is taken already."""
    tool = make.key()

    def of_a_poll():
        tool.data("Truck 01")
        with queries() as seen:
            tool.data("Truck 01")
        return seen

    return of_a_poll


@SIZES
def test_a_poll_without_counters(app, collection, statements, fields, schedules):
    insert_fields(app, collection, fields)
    insert_schedules(app, collection, schedules)
    seen = statements()
    assert len(work(seen)) == READ_ONLY == 1
    assert get_writes(seen) == []


@SIZES
def test_a_poll_with_counters(app, collection, statements, fields, schedules):
    insert_fields(app, collection, fields, "INCREMENT")
    insert_schedules(app, collection, schedules)
    assert len(work(statements())) == COUNTING == 1


@SIZES
def test_a_poll_without_counters_during_a_spike(app, make, collection, statements, fields, schedules):
    insert_fields(app, collection, fields)
    insert_schedules(app, collection, schedules)
    make.spike(collection)
    seen = statements()
    assert len(work(seen)) == READ_ONLY
    assert get_writes(seen) == []


@SIZES
def test_a_poll_with_counters_during_a_spike(app, make, collection, statements, fields, schedules):
    insert_fields(app, collection, fields, "INCREMENT")
    insert_schedules(app, collection, schedules)
    make.spike(collection)
    assert len(work(statements())) == COUNTING


@pytest.mark.parametrize("expired", [1, 1000])
def test_a_poll_that_deletes_expired_schedules_deletes_all_by_one_statement(
    app, make, collection, queries, clock, expired, database_url
):
    insert_fields(app, collection, 10)
    insert_schedules(app, collection, expired)
    tool = make.key()
    clock.shift(10 * 86400)
    with queries() as seen:
        tool.data("Truck 01")
    in_vain = IN_VAIN[make_url(database_url).get_backend_name()]
    sees_them, comes_back = READ_ONLY + READ_PLAN, in_vain + READ_ONLY + READ_PLAN
    assert len(work(seen)) == sees_them + LOCK + HAND_BACK + DELETE_EXPIRED + comes_back + NOTES_ONCE_A_MINUTE


@SIZES
def test_a_first_poll_reads_the_plan_by_the_same_few_statements(
    app, make, collection, queries, fields, schedules
):
    insert_fields(app, collection, fields)
    insert_schedules(app, collection, schedules)
    tool = make.key()
    with queries() as seen:
        tool.data("Truck 01")
    assert len(work(seen)) == READ_ONLY + READ_PLAN + NOTES_ONCE_A_MINUTE


def test_a_poll_of_a_type_without_counters_is_not_charged_for_those_of_the_other(
    make, collection, statements
):
    make.field(collection, "NUMBER_FIXED")
    make.field(collection, "INCREMENT", collection_type="Configuration", start_number=1, step_number=1)
    assert len(work(statements())) == READ_ONLY


@pytest.mark.parametrize("value_type", ["NUMBER_RANGE", "INCREMENT"])
def test_the_note_of_the_minute_is_two_statements_more(make, collection, queries, clock, value_type):
    make.field(collection, value_type)
    tool = make.key()
    tool.data("Truck 01")
    counts = []
    for _ in range(2):
        with queries() as seen:
            tool.data("Truck 01")
        counts.append(len(work(seen)))
        clock.shift(60)
    assert counts[1] - counts[0] == NOTES_ONCE_A_MINUTE


def test_other_people_s_rows_cost_nothing(app, make, collection, statements):
    make.field(collection, "INCREMENT")
    for number in range(20):
        other = make.collection(f"Other {number}")
        insert_fields(app, other, 20, "INCREMENT")
        insert_schedules(app, other, 5)
    assert len(work(statements())) == COUNTING


def test_a_refusal_asks_only_for_the_key_and_the_collection(make, collection, queries):
    tool = make.key()
    tool.poll("Truck 02")  # the first one is recorded in the audit log
    with queries() as seen:
        assert tool.poll("Truck 02").status_code == 404
    assert len(work(seen)) == FIND_KEY_AND_COLLECTION


def test_values_of_a_thousand_fields_are_all_there(app, make, collection):
    insert_fields(app, collection, 700)
    insert_fields(app, collection, 300, "INCREMENT")
    tool = make.key()
    tool.data("Truck 01")
    data = tool.data("Truck 01")
    assert len(data) == 1000
    assert {value for name, value in data.items() if name.startswith("INCREMENT")} == {15}


@pytest.mark.postgresql
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True, scope="session")
def test_polls_look_things_up_by_indexes_also_in_tables_that_were_empty_when_they_were_analyzed(app, make):
    """Otherwise each poll of a new installation would read whole tables, until they are analyzed again."""
    make.collection("Truck 01", {"value_type": "INCREMENT"})
    make.key().data("Truck 01")
    statement = "SELECT name, setting FROM pg_settings WHERE name LIKE 'enable\\_%' AND setting = 'off'"
    with app.app_context():
        off = dict(app.extensions["polls"].database.connection.read(statement, {}))
    assert off.keys() >= {"enable_seqscan", "enable_hashjoin", "enable_mergejoin"}
