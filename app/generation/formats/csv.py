"""CSV (RFC 4180): a line of names and a line of values, for spreadsheets and scripts."""

from collections.abc import Iterable
from typing import NamedTuple

from app.generation.formats.template import Template, build_renderer, escape_pattern, get_text
from app.generation.poll_result import PollResult

CONTENT_TYPE = "text/csv; charset=utf-8; header=present"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class Column(NamedTuple):
    """A field as CSV needs it: a text, or a number (None)."""

    name: str
    text: str | None = None


def build_template(columns: Iterable[Column]) -> Template:
    """Return the template of a collection's two lines."""
    columns = list(columns)
    header = ",".join(_format_cell(column.name) for column in columns)
    values = ("%b" if each.text is None else escape_pattern(_format_cell(each.text)) for each in columns)
    names = [column.name for column in columns if column.text is None]
    return Template(names, f"{escape_pattern(header)}\r\n{','.join(values)}\r\n".encode())


def _format_cell(text: str) -> str:
    """Return a text as a cell. An apostrophe leads one that a spreadsheet would run as a formula.

    Source: https://owasp.org/www-community/attacks/CSV_Injection
    """
    if text.startswith(_FORMULA_STARTS):
        text = f"'{text}"
    if any(character in text for character in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


def _build(result: PollResult) -> Template:
    return build_template(Column(name, get_text(result, name)) for name in result.data)


render = build_renderer("csv", CONTENT_TYPE, _build)
