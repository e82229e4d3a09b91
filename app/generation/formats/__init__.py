"""Output formats of polls: one file each, and this registry.

A new format is a module with a `Format`, and one call of `register`:

    register(Format("csv", render_csv))

A poll chooses by `?format=csv`. While JSON is the only format, the parameter does not exist: it is ignored
like any other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs

from app.core.errors import DomainError
from app.core.text import shorten
from app.generation.formats import json
from app.generation.poll_result import PollResult, Rendered

__all__ = ["FORMATS", "JSON", "Format", "Rendered", "get_format", "register"]


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its name in `?format=`, and what turns a result into a content type and a body.

    `render` is called with each poll. What depends on the plan alone may be cached by `result.plan`, which
    is the same object as long as the collection is unchanged.
    """

    name: str
    render: Callable[[PollResult], Rendered]


JSON = Format("json", json.render)
FORMATS: dict[str, Format] = {JSON.name: JSON}


def register(output_format: Format) -> None:
    """Offer a format to polls."""
    FORMATS[output_format.name] = output_format


def get_format(query: str) -> Format:
    """Return the format that a poll's query string asks for; JSON where it asks for none.

    Raises:
        DomainError: `format` is given, and no such format is registered.
    """
    if not query or len(FORMATS) == 1 or "format" not in query:
        return JSON
    name = parse_qs(query, keep_blank_values=True).get("format", [JSON.name])[-1]
    if name not in FORMATS:
        raise DomainError(f"Unknown format {shorten(name)!r}. Use one of: {', '.join(sorted(FORMATS))}.")
    return FORMATS[name]
