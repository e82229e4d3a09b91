"""Schemas serialize rows exactly as marshmallow does, only faster."""

from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace

import marshmallow
import pytest

from app.web.fields import ListOf, Nested, StrictBool, Timestamp
from app.web.number_fields import Float, Id, Integer
from app.web.schema import Schema
from app.web.setting_fields import ValueTypeName
from app.web.text_fields import Text


class InnerOut(Schema):
    """A schema with a single field."""

    name = Text()


class OuterOut(Schema):
    """A schema with every way to name a field and its attribute."""

    id = Id()
    owner = Text(attribute="owner.name")
    fields_ = ListOf(Nested(InnerOut), attribute="inner", data_key="fields")
    first = Nested(InnerOut, allow_none=True)
    value_type = ValueTypeName()
    is_on = StrictBool()
    count = Integer(allow_none=True)
    share = Float()
    at = Timestamp()


def row(**changes):
    defaults = {
        "id": 1,
        "owner": SimpleNamespace(name="ada"),
        "inner": [SimpleNamespace(name="a"), SimpleNamespace(name="b")],
        "first": SimpleNamespace(name="c"),
        "value_type": "INCREMENT",
        "is_on": True,
        "count": None,
        "share": 0.5,
        "at": datetime(2026, 11, 27, 8, tzinfo=UTC),
    }
    return SimpleNamespace(**defaults | changes)


DUMPED = {
    "id": 1,
    "owner": "ada",
    "fields": [{"name": "a"}, {"name": "b"}],
    "first": {"name": "c"},
    "value_type": "INCREMENT",
    "is_on": True,
    "count": None,
    "share": 0.5,
    "at": "2026-11-27T08:00:00Z",
}


def test_a_row_is_dumped_in_the_order_of_the_fields():
    assert list(OuterOut().dump(row()).items()) == list(DUMPED.items())


@pytest.mark.parametrize(
    "given",
    [row(), row(first=None, inner=[]), row(owner=None), vars(row()), [row(), row(id=2)]],
    ids=["row", "empty relations", "no owner", "mapping", "list of rows"],
)
def test_a_dump_equals_the_dump_of_marshmallow(given):
    many = isinstance(given, list)
    assert OuterOut().dump(given, many=many) == marshmallow.Schema._serialize(OuterOut(), given, many=many)


def test_missing_attributes_of_a_row_are_left_out():
    given = row()
    del given.count, given.owner
    assert OuterOut().dump(given) == {key: DUMPED[key] for key in DUMPED if key not in {"count", "owner"}}


def test_a_timestamp_in_another_time_zone_is_dumped_in_utc():
    given = row(at=datetime(2026, 11, 27, 9, 30, 0, 500, tzinfo=timezone(timedelta(hours=1))))
    assert OuterOut().dump(given)["at"] == "2026-11-27T08:30:00.000500Z"
