"""Lists: pages with search and sort order."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, cast

import sqlalchemy as sa
from marshmallow import ValidationError, fields, validate
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.base import ExecutableOption

from app.core.text import bounded_nfc
from app.db.expressions import lower, replace_dotted_capital
from app.db.session import db
from app.web.fields import COMMON_MESSAGES, ListOf, Nested
from app.web.number_fields import Integer
from app.web.offset_pages import Keys, PagedQuery, Segment, build_order
from app.web.schema import Schema
from app.web.text_fields import Text

DEFAULT_PER_PAGE = 50
MAX_PER_PAGE = 200
MAX_PAGE = 10_000_000
MAX_SEARCH_LENGTH = 255

Sortable = Mapping[str, Any | Sequence[Segment]]


class QueryInteger(fields.Integer):
    """An integer in a query string."""

    default_error_messages = COMMON_MESSAGES

    def __init__(self, minimum: int, maximum: int, **more: Any) -> None:
        bounds = {"minimum": minimum, "maximum": maximum}
        super().__init__(**more | {"metadata": bounds | more.get("metadata", {})})
        self.minimum, self.maximum = minimum, maximum

    def _deserialize(self, value: Any, *_args: Any, **_options: Any) -> int:
        if not re.fullmatch(r"[0-9]{1,12}", str(value)) or not self.minimum <= int(value) <= self.maximum:
            raise ValidationError(f"must be a whole number from {self.minimum} to {self.maximum}")
        return int(value)


def search_field() -> Text:
    """Return the query parameter that searches names."""
    return Text(
        max_length=MAX_SEARCH_LENGTH,
        load_default="",
        metadata={"description": "Part of a name, case-insensitive."},
    )


def list_query_schema(
    name: str, sortable: Sequence[str], default_sort: str, /, **filters: Any
) -> type[Schema]:
    """Return the query parameters of a list: page, size, search, sort order, and its own filters."""
    orders = [prefix + column for column in sortable for prefix in ("", "-")]
    members = {
        "page": QueryInteger(1, MAX_PAGE, load_default=1),
        "per_page": QueryInteger(1, MAX_PER_PAGE, load_default=DEFAULT_PER_PAGE),
        "search": search_field(),
        "sort": fields.String(
            load_default=default_sort,
            validate=validate.OneOf(orders, error=f"must be one of {', '.join(orders)}"),
            metadata={"description": "A column; prefix it with `-` for descending order."},
        ),
        **filters,
    }
    return Schema.from_dict(members, name=f"{name}Query")  # type: ignore[return-value]


def page_schema(item: type[Schema], **options: Any) -> type[Schema]:
    """Return the schema of a page of `item`."""
    members = {
        "items": ListOf(Nested(item, **options)),
        "total": Integer(),
        "page": Integer(),
        "per_page": Integer(),
    }
    return Schema.from_dict(members, name=f"{item.__name__}Page")  # type: ignore[return-value]


def filter_equal(
    query: sa.Select[Any], args: Mapping[str, Any], *columns: InstrumentedAttribute[Any]
) -> sa.Select[Any]:
    """Return the query, limited to rows whose columns equal the arguments of the same names, if given."""
    return query.where(*(column == args[column.key] for column in columns if column.key in args))


def paginate(
    query: sa.Select[Any],
    args: Mapping[str, Any],
    *,
    sortable: Sortable,
    searched: Sequence[Any] = (),
    ties: Sequence[Any] = (),
    joins: Mapping[str, Any] = MappingProxyType({}),
    options: Sequence[ExecutableOption] = (),
) -> dict[str, Any]:
    """Return the page of `query` that `args` ask for, with three or four queries of any table size.

    Args:
        query: Selects one entity, with its filters.
        args: The validated query parameters.
        sortable: The columns to sort by; segments for an order that no column has.
        searched: The columns to search.
        ties: Tie-breakers of equal rows, by default the id.
        joins: What a sort order joins; not joined for counting.
        options: Loader options, applied to the rows of the page only.
    """
    if args["search"] and searched:
        query = query.where(sa.or_(*(contains(column, args["search"]) for column in searched)))
    name, backwards = args["sort"].removeprefix("-"), args["sort"].startswith("-")
    order = build_order(sortable[name], ties or [sortable["id"]], backwards=backwards)
    entity = query.column_descriptions[0]["entity"]
    paged = PagedQuery(query, sa.inspect(entity).primary_key, order, joins.get(name))
    start, size = (args["page"] - 1) * args["per_page"], args["per_page"]
    total, keys = paged.search(start, size) if args["search"] else paged.page(start, size)
    items = _load_rows(entity, paged.key, keys, options)
    return {"items": items, "total": total, "page": args["page"], "per_page": args["per_page"]}


def _load_rows(
    entity: Any, key: Sequence[sa.Column[Any]], keys: Keys, options: Sequence[ExecutableOption]
) -> list[Any]:
    if not keys:
        return []
    rows = sa.select(entity).where(_has_key_in(key, keys)).options(*options)
    read = {sa.inspect(row).identity: row for row in db.session.scalars(rows).unique()}
    return [read[each] for each in keys if each in read]


def _has_key_in(key: Sequence[sa.Column[Any]], keys: Keys) -> sa.ColumnElement[bool]:
    """Return the condition that a row has one of these keys."""
    candidates: Any = keys
    if len(key) > 1 and db.engine.dialect.name == "postgresql":
        # It plans each of many tuples by itself; a table of them it joins.
        arrays = [
            sa.literal(list(values), postgresql.ARRAY(column.type))
            for column, values in zip(key, zip(*keys, strict=True), strict=True)
        ]
        candidates = sa.select(
            sa.func.unnest(*arrays).table_valued(*(column.name for column in key)).render_derived()
        )
    return sa.tuple_(*key).in_(candidates)


def contains(column: Any, text: str, *, is_lowered: bool = False) -> sa.ColumnElement[bool]:
    """Return the condition that a column contains `text` in any letter case.

    The database folds both by the same rules. `is_lowered` says that the column is stored in lower case.
    """
    literal = re.sub("[%_/]", r"/\g<0>", bounded_nfc(text, MAX_SEARCH_LENGTH))
    if text.isascii() and db.engine.dialect.name == "sqlite":
        # SQLite's LIKE ignores the case of ASCII by itself, without asking Python about each row.
        searched = column if is_lowered or "i" not in text.lower() else replace_dotted_capital(column)
        return cast(sa.ColumnElement[bool], searched.like(f"%{literal}%", escape="/"))
    searched = column if is_lowered else lower(column)
    return cast(sa.ColumnElement[bool], searched.like(lower(f"%{literal}%"), escape="/"))
