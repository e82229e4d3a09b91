"""Schema fields of value types and of their settings, from the catalogue in `app.values`."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate

from app.values import Setting, SettingKind, all_settings, all_specs
from app.web.fields import COMMON_MESSAGES
from app.web.number_fields import FixedDecimal, Float, Integer, Number
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


class _KnownValueType(validate.Validator):
    @property
    def choices(self) -> list[str]:
        """Return the names of all value types; the OpenAPI document lists them."""
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
