"""The databases advance counters exactly as `values.advance` does."""

from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import current_app
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.db.session import db
from app.db.types import number_to_text
from app.generation.authorization import Grant
from app.generation.counter_steps import CounterStep, CounterSteps
from app.generation.plan_loader import EARLIEST, LATEST
from app.models import ApiKey, Collection, Field, SpikeScheduleField, User
from app.values import MAX_INTEGER, advance
from tests.support.hypothesis_settings import talks_to_the_app

numbers = st.one_of(
    st.decimals(-MAX_INTEGER, MAX_INTEGER, places=10),
    st.integers(-20, 20).map(lambda tenths: Decimal(tenths) / 10),
    st.sampled_from([Decimal(MAX_INTEGER), Decimal(-MAX_INTEGER), Decimal(0), Decimal("1e-10")]),
)
step_sizes = st.one_of(
    st.decimals(0, 6 * MAX_INTEGER, places=10),  # a random step may be six times the largest one
    st.sampled_from([Decimal(0), Decimal("0.1"), Decimal("1e-10"), Decimal(1), Decimal(MAX_INTEGER)]),
)
counters = st.fixed_dictionaries(
    {
        "last": st.none() | numbers,
        "start": numbers,
        "step": step_sizes,
        "reset": st.none() | numbers,
        "direction": st.sampled_from([1, -1]),
    }
)
BIG = Decimal("9007199254740990.9999999999")
EXAMPLES = [
    {"last": None, "start": BIG, "step": Decimal(1), "reset": None, "direction": 1},
    {"last": BIG, "start": -BIG, "step": Decimal("1e-10"), "reset": None, "direction": 1},
    {"last": BIG, "start": -BIG, "step": Decimal("2e-10"), "reset": None, "direction": 1},
    {"last": -BIG, "start": BIG, "step": Decimal("2e-10"), "reset": None, "direction": -1},
    {"last": BIG, "start": Decimal(0), "step": 6 * BIG, "reset": BIG, "direction": 1},
    {
        "last": Decimal("0.9"),
        "start": Decimal(0),
        "step": Decimal("0.1"),
        "reset": Decimal(1),
        "direction": 1,
    },
]

many = settings(talks_to_the_app, max_examples=60)


def compute_next(counter) -> Decimal:
    return advance(
        counter["last"],
        start=counter["start"],
        step=counter["step"],
        reset=counter["reset"],
        direction=counter["direction"],
    )


def store_state(model: type, id_: int, counter) -> None:
    """Store the counter's state in a row."""
    row = {
        "current_number": counter["last"],
        "start_number": counter["start"],
        "reset_number": counter["reset"],
    }
    db.session.execute(sa.update(model).where(model.id == id_).values(row))
    db.session.commit()


def read_grant() -> Grant:
    """Return the grant of the one key for the one collection."""
    key = db.session.execute(
        sa.select(ApiKey.key_hash, ApiKey.id, ApiKey.expires_at, User.id, User.role).join(User)
    ).one()
    collection = Collection.id, Collection.name, Collection.owner_id, Collection.revision
    row = db.session.execute(sa.select(*collection)).one()
    db.session.rollback()
    return Grant(*key[:4], key.role.name, "PERFORMANCE", *row)


def advance_now(steps, *, in_spike: bool, grant: Grant | None = None):
    database = current_app.extensions["polls"].database
    advanced = database.advance_counters(
        CounterSteps(steps), grant or read_grant(), EARLIEST, LATEST, in_spike=in_spike
    )
    return advanced.numbers if advanced else None


def read_number(model: type, id_: int) -> Decimal:
    found = db.session.scalar(sa.select(model.current_number).where(model.id == id_))
    db.session.rollback()
    return found


@pytest.fixture
def rows(app, make):
    """Yield the ids of ten counters and of their copies in a spike, with a key that may read them."""
    make.key()
    fields = [{"value_type": "INCREMENT"}] * 10
    collection = make.collection("Truck 01", *fields)
    spike = make.spike(collection)
    with app.app_context():
        yield [[each["id"] for each in collection["fields"]], [each["id"] for each in spike["spike_fields"]]]


@many
@given(st.lists(counters, min_size=1, max_size=10))
@example(EXAMPLES)
def test_advance_counters_stores_what_values_advance_computes(rows, given_counters):
    field_ids, _ = rows
    moving = list(zip(field_ids, given_counters, strict=False))
    for id_, counter in moving:
        store_state(Field, id_, counter)
    steps = [CounterStep(id_, counter["step"], counter["direction"]) for id_, counter in moving]
    moved = advance_now(steps, in_spike=False)
    assert dict(moved) == {id_: compute_next(counter) for id_, counter in moving}
    assert {id_: read_number(Field, id_) for id_ in moved} == moved


@many
@given(counters, st.none() | numbers, st.booleans())
@example(EXAMPLES[0] | {"last": None}, Decimal(5), True)
@example(EXAMPLES[0] | {"last": None}, Decimal(5), False)
@example(EXAMPLES[0] | {"last": None}, None, True)
@example(EXAMPLES[1], Decimal(5), True)
def test_a_continuing_copy_without_a_number_advances_from_its_fields_number(
    rows, counter, field_number, continues
):
    (field_id, *_), (copy_id, *_) = rows
    store_state(SpikeScheduleField, copy_id, counter)
    store_state(Field, field_id, counter | {"last": field_number})
    steps = [CounterStep(copy_id, counter["step"], counter["direction"], continues)]
    moved = advance_now(steps, in_spike=True)
    previous = field_number if continues and counter["last"] is None else counter["last"]
    assert dict(moved) == {copy_id: compute_next(counter | {"last": previous})}
    assert read_number(Field, field_id) == field_number


def test_only_the_given_counters_advance(rows):
    (moving, still, *_), _ = rows
    advance_now([CounterStep(moving, Decimal(1), 1)], in_spike=False)
    assert read_number(Field, moving) == 10
    assert read_number(Field, still) is None


@pytest.mark.parametrize("in_spike", [False, True])
def test_no_counter_advances_if_the_collection_changed_since_the_grant(rows, in_spike):
    id_ = rows[in_spike][0]
    grant = read_grant()
    store_state(Field, rows[0][1], EXAMPLES[0])
    moved = advance_now([CounterStep(id_, Decimal(1), 1)], in_spike=in_spike, grant=grant)
    assert moved is None
    assert read_number(SpikeScheduleField if in_spike else Field, id_) is None


@given(st.decimals(-MAX_INTEGER, MAX_INTEGER, places=10))
@example(Decimal("1E+15"))
@example(Decimal("-1E-10"))
@example(Decimal("-0E-10"))
def test_numbers_are_converted_to_text_without_loss(number):
    text = number_to_text(number)
    assert Decimal(text) == number
    assert "E" not in text
