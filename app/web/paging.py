"""Lists: a page of them, searched and sorted."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, cast

import sqlalchemy as sa
from marshmallow import ValidationError, fields, validate
from sqlalchemy.sql.base import ExecutableOption

from app.database import db
from app.web.fields import COMMON, ListOf, Nested, Text, Whole
from app.web.schema import Schema

DEFAULT_PER_PAGE = 50
MOST_PER_PAGE = 200
LAST_PAGE = 10_000_000

Sortable = Mapping[str, Any]


class QueryWhole(fields.Integer):
    """A whole number in a query string."""

    default_error_messages = COMMON

    def __init__(self, least: int, most: int, **more: Any) -> None:
        bounds = {"minimum": least, "maximum": most}
        super().__init__(**more | {"metadata": bounds | more.get("metadata", {})})
        self.least, self.most = least, most

    def _deserialize(self, value: Any, *_args: Any, **_options: Any) -> int:
        if not re.fullmatch(r"[0-9]{1,12}", str(value)) or not self.least <= int(value) <= self.most:
            raise ValidationError(f"must be a whole number from {self.least} to {self.most}")
        return int(value)


def search_arg() -> Text:
    """The query parameter that searches names."""
    return Text(most=255, load_default="", metadata={"description": "part of a name, in any case"})


def page_args(name: str, sortable: Sequence[str], default_sort: str, **filters: Any) -> type[Schema]:
    """The query parameters of a list: page, size, search, sort, and its own filters."""
    orders = [prefix + column for column in sortable for prefix in ("", "-")]
    members = {
        "page": QueryWhole(1, LAST_PAGE, load_default=1),
        "per_page": QueryWhole(1, MOST_PER_PAGE, load_default=DEFAULT_PER_PAGE),
        "search": search_arg(),
        "sort": fields.String(
            load_default=default_sort,
            validate=validate.OneOf(orders, error=f"must be one of {', '.join(orders)}"),
            metadata={"description": "a column; with - before it, descending"},
        ),
        **filters,
    }
    return Schema.from_dict(members, name=f"{name}Query")  # type: ignore[return-value]


def page_of(item: type[Schema], **options: Any) -> type[Schema]:
    """The schema of a page of `item`."""
    members = {
        "items": ListOf(Nested(item, **options)),
        "total": Whole(),
        "page": Whole(),
        "per_page": Whole(),
    }
    return Schema.from_dict(members, name=f"{item.__name__}Page")  # type: ignore[return-value]


def paginate(
    query: sa.Select[Any],
    args: Mapping[str, Any],
    *,
    sortable: Sortable,
    searched: Sequence[Any] = (),
    ties: Sequence[Any] = (),
    options: Sequence[ExecutableOption] = (),
) -> dict[str, Any]:
    """The page of `query` that `args` ask for, in three queries, whatever the size.

    Rows that sort alike are told apart by `ties`: by their id, where nothing else is said. `options` say
    what else is read of the rows; that costs nothing for the rows before and after the page.
    """
    if args["search"] and searched:
        query = query.where(sa.or_(*(contains(column, args["search"]) for column in searched)))
    start = (args["page"] - 1) * args["per_page"]
    entity = query.column_descriptions[0]["entity"]
    key = sa.inspect(entity).primary_key
    ordered = query.order_by(*_order(args["sort"], sortable, ties or [sortable["id"]]))
    keys = ordered.with_only_columns(*key, maintain_column_froms=True).offset(start).limit(args["per_page"])
    total, found = _search(query, keys) if args["search"] else (_count(query), db.session.execute(keys).all())
    rows = sa.select(entity).where(sa.tuple_(*key).in_([tuple(each) for each in found])).options(*options)
    read = {sa.inspect(row).identity: row for row in db.session.scalars(rows).unique()} if found else {}
    items = [read[tuple(each)] for each in found if tuple(each) in read]
    return {"items": items, "total": total, "page": args["page"], "per_page": args["per_page"]}


def _order(sort: str, sortable: Sortable, ties: Sequence[Any]) -> list[sa.ColumnElement[Any]]:
    column, descending = sortable[sort.removeprefix("-")], sort.startswith("-")
    by = column.desc() if descending else column.asc()
    # What is never null is left as it is: an index has it in that order.
    first = by if _is_never_null(column) else sa.nulls_last(by)
    return [first, *(tie.desc() if descending else tie.asc() for tie in ties)]


def _is_never_null(column: Any) -> bool:
    return not getattr(column.expression, "nullable", True)


def _count(query: sa.Select[Any]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(query.order_by(None).subquery())) or 0


def _search(query: sa.Select[Any], keys: sa.Select[Any]) -> tuple[int, list[tuple[Any, ...]]]:
    """How many there are, and the page: together, for it is the looking that takes long."""
    found = db.session.execute(keys.add_columns(sa.func.count().over())).all()
    if not found:
        return _count(query), []  # none at all, or a page after the last one
    return found[0][-1], [tuple(each[:-1]) for each in found]


def contains(column: Any, text: str) -> sa.ColumnElement[bool]:
    """Whether it holds `text`, in any letter case: the database lowers both, by the same rules."""
    literal = re.sub("[%_/]", r"/\g<0>", unicodedata.normalize("NFC", text))
    if text.isascii() and db.engine.dialect.name == "sqlite":
        # SQLite's LIKE ignores the case of ASCII by itself, without asking Python about each row.
        return cast(sa.ColumnElement[bool], column.like(f"%{literal}%", escape="/"))
    return sa.func.lower(column).like(sa.func.lower(f"%{literal}%"), escape="/")
