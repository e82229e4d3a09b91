"""Validated input: the valid values, and the errors of the others by path.

A schema produces it from a request, and the service adds the checks that need the database, so that one
response lists every error.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from app.core.errors import Invalid

ErrorsByPath = dict[str, list[str]]
"""Messages by path, such as `spike_fields.0.step_number`."""


class Validated(NamedTuple):
    """Input as read by a schema: the valid values, and the errors of the others by path."""

    values: dict[str, Any]
    errors: ErrorsByPath


def raise_if_errors(errors: Mapping[str, list[str]]) -> None:
    """Raise Invalid with all errors, if there are any.

    Raises:
        Invalid: There are errors.
    """
    if errors:
        raise Invalid(errors)
