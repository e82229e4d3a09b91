"""Schemas of what a rehearsal expects, as spikes and rehearsals take it."""

from decimal import Decimal
from typing import Any

from marshmallow import ValidationError

from app.db.session import MAX_ID
from app.models.rehearsal import MAX_EXTERNAL_ID_LENGTH
from app.values.expectations import Expectation, Kind
from app.web.fields import Choice, ListOf, Nested, StrictBool
from app.web.matcher_fields import MatchersField
from app.web.number_fields import Id, Integer
from app.web.schema import Schema
from app.web.text_fields import Text

MAX_EXPECTATIONS = 20
MAX_SECONDS = 86_400
MAX_TIMES = 100
_DEFAULTS = Expectation()


class Between(Integer):
    """A whole number between two bounds, both of which the message names."""

    def __init__(self, low: int, high: int, **more: Any) -> None:
        super().__init__(minimum=low, maximum=high, **more)
        self.low, self.high = low, high

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> Any:
        is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
        if is_number and not self.low <= value <= self.high:
            raise ValidationError(f"must be between {self.low} and {self.high}")
        return super()._deserialize(value, *args, **options)


class Optional(Nested):
    """A nested JSON object, or null."""

    def __init__(self, schema: type[Schema], **more: Any) -> None:
        super().__init__(schema, allow_none=True, **more)

    def deserialize(self, value: Any, *args: Any, **options: Any) -> Any:
        """Load the object, or return None."""
        return None if value is None else super().deserialize(value, *args, **options)


class ExpectationIn(Schema):
    """What is expected of the alerts that match: that one fires, or that all stay quiet."""

    kind = Choice(Kind, load_default=_DEFAULTS.kind)
    match = MatchersField(load_default=dict)
    within = Between(
        1,
        MAX_SECONDS,
        metadata={
            "default": _DEFAULTS.within,
            "description": "Of `fires`: seconds from the start plus `counts_from` until the alert must have "
            "arrived here.",
        },
    )
    counts_from = Between(
        0,
        MAX_ID,
        metadata={
            "default": _DEFAULTS.counts_from,
            "description": "Of `fires`: seconds from the start until there is something to notice.",
        },
    )
    resolve_within = Between(
        1,
        MAX_SECONDS,
        allow_none=True,
        metadata={
            "default": _DEFAULTS.resolve_within,
            "description": "Of `fires`: seconds from the end until it must have resolved. Null: it need not.",
        },
    )
    at_most = Between(
        1,
        MAX_TIMES,
        allow_none=True,
        metadata={
            "default": _DEFAULTS.at_most,
            "description": "Of `fires`: how often it may fire; repeats do not count. Null: any number of "
            "times.",
        },
    )
    holds = StrictBool(
        metadata={
            "default": _DEFAULTS.holds,
            "description": "Of `fires`: whether it must not resolve before the end.",
        }
    )
    until = Between(
        0,
        MAX_SECONDS,
        metadata={
            "default": _DEFAULTS.until,
            "description": "Of `quiet`: seconds after the end for which it must stay quiet.",
        },
    )


class RehearsalIn(Schema):
    """What a rehearsal expects, and where its alerts come in."""

    receiver_id = Id(metadata={"description": "The alert receiver at which the alerts arrive."})
    scope = MatchersField()
    fail_on_unexpected = StrictBool(
        metadata={"description": "Whether an alert in scope that no expectation names fails it."}
    )
    expectations = ListOf(
        Nested(ExpectationIn),
        min_items=1,
        max_items=MAX_EXPECTATIONS,
        size_error=f"must have 1 to {MAX_EXPECTATIONS} entries",
        metadata={"description": "The complete list of expectations."},
    )


def rehearsal_field() -> Optional:
    """Return the part of a spike that says what it rehearses."""
    return Optional(
        RehearsalIn,
        metadata={
            "description": "What is expected of the alerts. Null: nothing; the spike is only recorded."
        },
    )


def external_id_field() -> Text:
    """Return the name of a run in another system."""
    return Text(
        min_length=1,
        max_length=MAX_EXTERNAL_ID_LENGTH,
        allow_none=True,
        metadata={"description": "What the run is called elsewhere, such as the number of a pipeline."},
    )
