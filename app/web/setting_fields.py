"""Schema fields of value settings, with the bounds of the catalogue."""

import copy
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from marshmallow import ValidationError, fields, validate

from app.values import COLUMN_SETTING_NAMES, Setting, SettingKind, all_settings, all_specs, version
from app.web.fields import COMMON_MESSAGES
from app.web.number_fields import FixedDecimal, Float, Integer, Number
from app.web.schema import Schema
from app.web.text_fields import Text

_NUMBER_FIELDS: Mapping[SettingKind, type[Number]] = {
    SettingKind.INTEGER: Integer,
    SettingKind.FLOAT: Float,
    SettingKind.EXACT: FixedDecimal,
}


def build_setting_fields() -> dict[str, fields.Field[Any]]:
    """Return a schema field for each setting of the catalogue, with its bounds."""
    return {name: _build_field(setting) for name, setting in all_settings().items()}


def _build_field(setting: Setting) -> fields.Field[Any]:
    metadata = {"description": setting.description}
    if setting.kind is SettingKind.TEXT:
        return Text(max_length=int(setting.maximum or 0), allow_none=True, metadata=metadata)
    return _NUMBER_FIELDS[setting.kind](
        minimum=setting.minimum,
        maximum=setting.maximum,
        above=setting.above,
        allow_none=True,
        metadata=metadata,
    )


_VERSION_AT_IMPORT = version()


class _CurrentFields:
    """A dictionary of a schema's fields, rebuilt before it is read if the catalogue has changed."""

    def __set_name__(self, _owner: type, name: str) -> None:
        self.key = f"_{name}"

    def __get__(self, schema: Any, _owner: type) -> Any:
        if schema is None:
            return self
        schema.follow_catalogue()
        return schema.__dict__[self.key]

    def __set__(self, schema: Any, value: Any) -> None:
        schema.__dict__[self.key] = value


class SettingsSchema(Schema):
    """A schema with a field for each setting of the catalogue, including settings that are registered later.

    A subclass declares the settings that have a column (`build_setting_fields`). Those without one follow.
    """

    fields = _CurrentFields()
    load_fields = _CurrentFields()
    dump_fields = _CurrentFields()
    _version = _VERSION_AT_IMPORT

    def follow_catalogue(self) -> None:
        """Rebuild the fields if the catalogue has changed since they were built."""
        if self._version == version():
            return
        self._version = version()
        settings = build_setting_fields()
        self.declared_fields = {}
        for name, field in copy.deepcopy(self._declared_fields).items():
            self.declared_fields[name] = field
            if name == COLUMN_SETTING_NAMES[-1]:
                new = [each for each in settings if each not in self._declared_fields]
                self.declared_fields |= {each: settings[each] for each in new}
        self._init_fields()
        for name in list(self.__dict__):
            if isinstance(getattr(type(self), name, None), cached_property):
                del self.__dict__[name]

    def _serialize(self, obj: Any, *, many: bool = False) -> Any:
        self.follow_catalogue()
        return super()._serialize(obj, many=many)

    def _deserialize(self, data: Any, **options: Any) -> Any:
        self.follow_catalogue()
        return super()._deserialize(data, **options)


class _KnownValueType(validate.Validator):
    @property
    def choices(self) -> list[str]:
        """The names of all value types, for the OpenAPI document."""
        return [spec.name for spec in all_specs()]

    def __call__(self, value: Any) -> Any:
        if not isinstance(value, str) or value not in self.choices:
            raise ValidationError(f"must be one of {', '.join(self.choices)}")
        return value


class ValueTypeName(fields.String):
    """The name of a value type of the catalogue."""

    default_error_messages = COMMON_MESSAGES
    _serialize = fields.Field._serialize

    def __init__(self, **more: Any) -> None:
        super().__init__(validate=_KnownValueType(), **more)

    def _deserialize(self, value: Any, *_args: Any, **_options: Any) -> Any:
        return value  # the validator refuses whatever is not the name of a type
