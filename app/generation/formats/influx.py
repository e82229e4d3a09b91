"""InfluxDB line protocol: one line for a collection, with each field of it.

The line has no timestamp: the server stamps it on arrival. A field's type never changes between polls, since
InfluxDB refuses a point whose types differ: only values that are whole by their type are integers (`i`).

Source: https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/
"""

from collections.abc import Iterable
from typing import NamedTuple

from app.generation.formats.template import Template, build_renderer, escape_pattern, get_text
from app.generation.poll_result import PollResult
from app.values import get_spec

CONTENT_TYPE = "text/plain; charset=utf-8"
RESERVED_KEYS = frozenset({"time", "_field", "_measurement"})
"""InfluxDB drops or refuses fields of these names."""


class LineField(NamedTuple):
    """A field as line protocol needs it: a text, or a number that is whole by its type or not."""

    name: str
    is_integer: bool = False
    text: str | None = None


def build_template(collection: str, collection_type: str, fields: Iterable[LineField]) -> Template:
    """Return the template of a collection's line; `collection_type` becomes a tag."""
    values, names = [], []
    for field in fields:
        key = escape_pattern(_escape_key(field.name))
        if field.text is None:
            values.append(f"{key}=%b{'i' if field.is_integer else ''}")
            names.append(field.name)
        else:
            values.append(f"{key}={escape_pattern(_quote(field.text))}")
    tags = f"collection={_escape_tag(collection)},type={_escape_tag(collection_type)}"
    return Template(names, f"spikecast,{escape_pattern(tags)} {','.join(values)}\n".encode())


def _escape_key(name: str) -> str:
    return _escape_tag(f"{name}_" if name in RESERVED_KEYS else name)


def _escape_tag(text: str) -> str:
    """Return a key or a tag's value. A backslash becomes a slash: line protocol cannot escape one here."""
    text = text.replace("\\", "/").replace("\n", " ")
    return text.replace(",", r"\,").replace("=", r"\=").replace(" ", r"\ ")


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', r"\"")
    return f'"{escaped}"'


def _build(result: PollResult) -> Template:
    fields = (
        LineField(name, is_integer=get_spec(value_type).is_integer, text=get_text(result, name))
        for name, value_type in zip(result.data, result.layout.value_types, strict=True)
    )
    return build_template(result.collection_name, result.collection_type.lower(), fields)


render = build_renderer("influx", CONTENT_TYPE, _build)
