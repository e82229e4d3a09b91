"""Request bodies that create a field."""

from typing import Any

from tests.support.factory import SETTINGS

FIELD_HEAD = {"collection_type": "Performance", "field_name": "cpu"}


def build_field_body(value_type: str, **settings: Any) -> dict[str, Any]:
    """Return a body for a field of this type, with these settings or else with valid ones."""
    return FIELD_HEAD | {"value_type": value_type} | (settings or SETTINGS[value_type])
