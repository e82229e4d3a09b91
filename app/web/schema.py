"""Schemas: strict about input, with all errors at once, by path."""

from collections.abc import Callable, Mapping
from functools import cached_property
from operator import attrgetter
from typing import Any

import marshmallow

from app.core.errors import MAX_ERRORS, ErrorMap
from app.core.text import shorten
from app.domain.validation import Validated

OMITTED = object()
"""In marshmallow's nested messages, the key of how many messages more there were."""


class Schema(marshmallow.Schema):
    """The base of all schemas. Unknown keys are errors."""

    error_messages = {"unknown": "is not a known key", "type": "must be a JSON object"}

    class Meta:
        """Refuse unknown keys."""

        unknown = marshmallow.RAISE

    def _deserialize(
        self,
        data: Any,
        *,
        error_store: Any,
        unknown: Any = marshmallow.RAISE,
        index: Any = None,
        **options: Any,
    ) -> Any:
        """Load as marshmallow does, but report at most MAX_ERRORS unknown keys."""
        is_strict = unknown == marshmallow.RAISE and not options.get("many") and isinstance(data, Mapping)
        loaded = super()._deserialize(
            data,
            error_store=error_store,
            unknown=marshmallow.EXCLUDE if is_strict else unknown,
            index=index,
            **options,
        )
        if is_strict and len(extra := [key for key in data if key not in self._load_keys]):
            errors: dict[Any, Any] = {key: [self.error_messages["unknown"]] for key in extra[:MAX_ERRORS]}
            if len(extra) > MAX_ERRORS:
                errors[OMITTED] = [len(extra) - MAX_ERRORS]
            error_store.store_error(errors, index=index)
        return loaded

    @cached_property
    def _load_keys(self) -> set[str]:
        return {field.data_key or name for name, field in self.load_fields.items()}

    def _serialize(self, obj: Any, *, many: bool = False) -> Any:
        """Serialize as marshmallow does, in a fraction of the time.

        All attributes are read at once, and only fields that override `_serialize` are called.
        """
        if many or obj is None or isinstance(obj, Mapping):
            return super()._serialize(obj, many=many)
        try:
            dumped = dict(zip(self._keys, self._read_attrs(obj), strict=True))
        except AttributeError:
            return super()._serialize(obj)  # leaves out what is missing
        for key, name, field in self._fields_to_serialize:
            dumped[key] = field._serialize(dumped[key], name, obj)
        return dumped

    @cached_property
    def _keys(self) -> list[str]:
        return [field.data_key or name for name, field in self.dump_fields.items()]

    @cached_property
    def _read_attrs(self) -> Callable[[Any], tuple[Any, ...]]:
        names = [field.attribute or name for name, field in self.dump_fields.items()]
        take = attrgetter(*names)
        return take if len(names) > 1 else lambda obj: (take(obj),)

    @cached_property
    def _fields_to_serialize(self) -> list[tuple[str, str, marshmallow.fields.Field[Any]]]:
        """The key, name and field of each value that is not dumped unchanged."""
        return [
            (field.data_key or name, name, field)
            for name, field in self.dump_fields.items()
            if type(field)._serialize is not marshmallow.fields.Field._serialize
        ]


class TolerantSchema(Schema):
    """A schema that leaves raising to the service, which may find more errors."""

    def load(self, data: Any, **options: Any) -> Validated:
        """Return the values and the errors of `data`; never raises ValidationError."""
        try:
            return Validated(super().load(data, **options), {})
        except marshmallow.ValidationError as error:
            valid = error.valid_data if isinstance(error.valid_data, dict) else {}
            messages = error.normalized_messages()  # type: ignore[no-untyped-call]
            return Validated(valid, flatten_errors(messages))


def flatten_errors(messages: Any, path: str = "") -> ErrorMap:
    """Return marshmallow's nested messages as a flat map: `{"spike_fields.0.step_number": ["…"]}`."""
    flat = ErrorMap()
    if not isinstance(messages, Mapping):
        flat[path or "body"] = [str(message) for message in _as_list(messages)]
        return flat
    for key, below in messages.items():
        if key is OMITTED:
            flat.omitted += sum(below)
            continue
        here = path if key == "_schema" else f"{path}.{shorten(str(key))}".lstrip(".")
        inner = flatten_errors(below, here)
        flat.omitted += inner.omitted
        for inner_path, inner_messages in inner.items():
            flat.setdefault(inner_path, []).extend(inner_messages)
    return flat


def count_messages(messages: Any) -> int:
    """Return the number of messages in marshmallow's nested ones."""
    if not isinstance(messages, Mapping):
        return len(_as_list(messages))
    return sum(sum(below) if key is OMITTED else count_messages(below) for key, below in messages.items())


def _as_list(messages: Any) -> list[Any]:
    return messages if isinstance(messages, list) else [messages]
