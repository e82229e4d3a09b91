"""The settings of values as input and output, with the catalogue's bounds."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from app.values import SETTINGS, Setting, Shape
from app.web.number_fields import FixedDecimal, Float, Integer, Number
from app.web.text_fields import Text

_NUMBER_FIELDS: Mapping[Shape, type[Number]] = {
    Shape.WHOLE: Integer,
    Shape.FLOAT: Float,
    Shape.EXACT: FixedDecimal,
}


def build_setting_fields() -> dict[str, fields.Field[Any]]:
    """A schema field for each value column, with the catalogue's bounds."""
    return {name: _build_field(setting) for name, setting in SETTINGS.items()}


def _build_field(setting: Setting) -> fields.Field[Any]:
    metadata = {"description": setting.says}
    if setting.shape is Shape.TEXT:
        return Text(max_length=int(setting.maximum or 0), allow_none=True, metadata=metadata)
    return _NUMBER_FIELDS[setting.shape](
        minimum=setting.minimum,
        maximum=setting.maximum,
        above=setting.above,
        allow_none=True,
        metadata=metadata,
    )
