"""What schemas make of rows: the same as marshmallow, only faster."""

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
    """A schema with every way to name what is dumped."""

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
    known = {
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
    return SimpleNamespace(**known | changes)


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
    ids=["a row", "nothing in it", "nobody's", "a mapping", "several"],
)
def test_what_is_dumped_is_what_marshmallow_dumps(given):
    many = isinstance(given, list)
    assert OuterOut().dump(given, many=many) == marshmallow.Schema._serialize(OuterOut(), given, many=many)


def test_what_a_row_does_not_have_is_left_out():
    given = row()
    del given.count, given.owner
    assert OuterOut().dump(given) == {key: DUMPED[key] for key in DUMPED if key not in {"count", "owner"}}


def test_an_instant_of_another_zone_leaves_in_utc():
    given = row(at=datetime(2026, 11, 27, 9, 30, 0, 500, tzinfo=timezone(timedelta(hours=1))))
    assert OuterOut().dump(given)["at"] == "2026-11-27T08:30:00.000500Z"
