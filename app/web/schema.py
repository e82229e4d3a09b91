"""Schemas: strict about input, and telling every fault at once, by path, in words."""

from collections.abc import Callable, Mapping
from functools import cached_property
from operator import attrgetter
from typing import Any, NamedTuple

import marshmallow

from app.errors import Invalid


class Schema(marshmallow.Schema):
    """The base of all schemas: a key that is not known is a fault."""

    error_messages = {"unknown": "is not a key that is known here", "type": "must be a JSON object"}

    class Meta:
        unknown = marshmallow.RAISE

    def _serialize(self, obj: Any, *, many: bool = False) -> Any:
        """As marshmallow's own, in a fraction of the time: a page of a list has thousands of values.

        All of them are taken at once, and most of them leave as they are.
        """
        if many or obj is None or isinstance(obj, Mapping):
            return super()._serialize(obj, many=many)
        try:
            dumped = dict(zip(self._keys, self._taken(obj), strict=True))
        except AttributeError:
            return super()._serialize(obj)  # leaves out what is missing
        for key, name, field in self._turned:
            dumped[key] = field._serialize(dumped[key], name, obj)
        return dumped

    @cached_property
    def _keys(self) -> list[str]:
        return [field.data_key or name for name, field in self.dump_fields.items()]

    @cached_property
    def _taken(self) -> Callable[[Any], tuple[Any, ...]]:
        names = [field.attribute or name for name, field in self.dump_fields.items()]
        take = attrgetter(*names)
        return take if len(names) > 1 else lambda obj: (take(obj),)

    @cached_property
    def _turned(self) -> list[tuple[str, str, marshmallow.fields.Field[Any]]]:
        """The fields whose values do not leave as they are."""
        return [
            (field.data_key or name, name, field)
            for name, field in self.dump_fields.items()
            if type(field)._serialize is not marshmallow.fields.Field._serialize
        ]


class Checked(NamedTuple):
    """What a schema made of the input: the values that are right, and the faults of the others by path."""

    values: dict[str, Any]
    faults: dict[str, list[str]]


class TolerantSchema(Schema):
    """A schema that leaves the refusal to the service, which may find more faults to tell at once."""

    def load(self, data: Any, **options: Any) -> Checked:
        """The values and the faults of `data`; never raises ValidationError."""
        try:
            return Checked(super().load(data, **options), {})
        except marshmallow.ValidationError as error:
            valid = error.valid_data if isinstance(error.valid_data, dict) else {}
            messages = error.normalized_messages()  # type: ignore[no-untyped-call]
            return Checked(valid, by_path(messages))


def by_path(messages: Any, path: str = "") -> dict[str, list[str]]:
    """marshmallow's nested messages as a flat map: `{"spike_fields.0.step_number": ["…"]}`."""
    if not isinstance(messages, Mapping):
        return {path or "body": [str(message) for message in _as_list(messages)]}
    flat: dict[str, list[str]] = {}
    for key, below in messages.items():
        here = path if key == "_schema" else f"{path}.{key}".lstrip(".")
        for found, said in by_path(below, here).items():
            flat.setdefault(found, []).extend(said)
    return flat


def _as_list(messages: Any) -> list[Any]:
    return messages if isinstance(messages, list) else [messages]


def refuse(faults: Mapping[str, list[str]]) -> None:
    """Raise Invalid where there is any fault."""
    if faults:
        raise Invalid(faults)
