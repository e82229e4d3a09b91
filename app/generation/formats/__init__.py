"""Output formats of polls: one file each, and this registry.

A new format is a module with a `Format`, and one call of `register`:

    register(Format("csv", render_csv))

A poll chooses by `?format=csv`, or else by its `Accept` header (`negotiation`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qs

from app.core.errors import DomainError
from app.core.text import shorten
from app.generation.formats import csv, influx, json, prometheus
from app.generation.formats.negotiation import negotiate
from app.generation.poll_result import PollResult, Rendered

__all__ = ["FORMATS", "JSON", "Format", "Rendered", "get_format", "register"]


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its name in `?format=`, and what turns a result into a content type and a body.

    `render` is called with each poll. What does not differ from poll to poll may be kept in `result.layout`.
    """

    name: str
    render: Callable[[PollResult], Rendered]


JSON = Format("json", json.render)
FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        JSON,
        Format("prometheus", prometheus.render),
        Format("openmetrics", prometheus.render_openmetrics),
        Format("influx", influx.render),
        Format("csv", csv.render),
    )
}


def register(output_format: Format) -> None:
    """Offer a format to polls."""
    FORMATS[output_format.name] = output_format


def get_format(query: str, accept: str) -> Format:
    """Return the format of a poll: by `format` in its query string, or else by its `Accept` header.

    Raises:
        DomainError: `format` is given twice, or no such format is registered.
    """
    if not query and accept in _JSON_ACCEPTS:  # most polls
        return JSON
    name = _choose_name(query, accept)
    if name not in FORMATS:
        raise DomainError(f"Unknown format {shorten(name)!r}. Use one of: {', '.join(sorted(FORMATS))}.")
    return FORMATS[name]


@lru_cache(maxsize=256)
def _choose_name(query: str, accept: str) -> str:
    """Return the name of the format, registered or not. A tool sends the same with each poll."""
    names = parse_qs(query, keep_blank_values=True).get("format") if "format" in query else None
    if names and len(names) > 1:
        raise DomainError("The query parameter 'format' is given twice.")
    return names[0] if names else negotiate(accept)


_JSON_ACCEPTS = frozenset({"", "*/*", "application/json"})
