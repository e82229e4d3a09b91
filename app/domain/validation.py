"""Validated input: the values that are valid, and the errors of the others by path.

A schema makes it of a request, and the service goes on checking what only it can know, so that one answer
lists every error.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from app.core.errors import Invalid

ErrorsByPath = dict[str, list[str]]
"""Messages by path, such as `spike_fields.0.step_number`."""


class Validated(NamedTuple):
    """Input that a schema has read: the valid values, and the errors of the others by path."""

    values: dict[str, Any]
    errors: ErrorsByPath


def raise_if_errors(errors: Mapping[str, list[str]]) -> None:
    """Raise Invalid, with all of them, if there are any errors."""
    if errors:
        raise Invalid(errors)
