"""Pages of rows by offset, with a total; fast with 100,000 rows, too."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.db.session import db

Keys = list[tuple[Any, ...]]
Query = sa.Select[Any]

ALL_ROWS: sa.ColumnElement[bool] = sa.true()

MATERIALIZE_LIMIT = 10_000
"""Up to this many matches of a search are materialized and sorted on their own."""


class SortKey(NamedTuple):
    """A column to sort by. Nulls come last in both directions."""

    column: Any
    is_descending: bool = False

    def clause(self, *, of: Any = None, backwards: bool = False) -> sa.UnaryExpression[Any]:
        """Return the ORDER BY term.

        Args:
            of: Another column that holds the same values.
            backwards: Whether to read from the end of the list.
        """
        column = self.column if of is None else of
        clause: sa.UnaryExpression[Any] = column.desc() if self.is_descending != backwards else column.asc()
        if not getattr(self.column.expression, "nullable", True):
            return clause  # as it is: an index has it in that order
        return clause.nulls_first() if backwards else clause.nulls_last()


@dataclass(frozen=True)
class Segment:
    """A part of a list: the rows that match `where`, with their own order."""

    by: tuple[SortKey, ...]
    where: sa.ColumnElement[bool] = field(default_factory=sa.true)

    def then_by(self, ties: Sequence[Any], *, backwards: bool) -> "Segment":
        """Return the segment with tie-breakers appended to its order."""
        by = (*self.by, *map(SortKey, ties))
        turned = tuple(SortKey(each.column, each.is_descending != backwards) for each in by)
        return Segment(turned, self.where)


def build_order(what: Any, ties: Sequence[Any], *, backwards: bool) -> list[Segment]:
    """Return the order of a list: by a column, or by segments that cover all rows."""
    segments = what if isinstance(what, Sequence) else [Segment((SortKey(what),))]
    order = [segment.then_by(ties, backwards=backwards) for segment in segments]
    return order[::-1] if backwards else order


def count_segments(query: Query, parts: Sequence[sa.ColumnElement[bool]]) -> list[int]:
    """Return how many rows of a query match each of these conditions.

    Without a filter an index counts each segment. With one, every row is visited once for all segments.
    """
    every = sa.func.count()
    if query.whereclause is None:
        one = query.with_only_columns(every, maintain_column_froms=True)
        counts = sa.select(*(one.where(part).scalar_subquery() for part in parts))
    else:
        each = [every if part is ALL_ROWS else every.filter(part) for part in parts]
        counts = query.with_only_columns(*each, maintain_column_froms=True)
    return list(db.session.execute(counts).one())


@dataclass(frozen=True)
class PagedQuery:
    """An ordered query whose pages are lists of primary keys. `joined` is only needed for the order."""

    query: Query
    key: Sequence[sa.Column[Any]]
    order: Sequence[Segment]
    joined: Any = None

    def page(self, start: int, size: int) -> tuple[int, Keys]:
        """Return the total, and the keys of `size` rows from offset `start`."""
        parts = [segment.where for segment in self.order] if len(self.order) > 1 else [ALL_ROWS]
        counts = count_segments(self.query, parts)
        matched: Keys = []
        passed = 0
        for segment, count in zip(self.order, counts, strict=True):
            first = max(start - passed, 0)
            count_here = min(size - len(matched), count - first)
            if count_here > 0:
                matched += self._part(segment, first, count_here, count)
            passed += count
        return sum(counts), matched

    def search(self, start: int, size: int) -> tuple[int, Keys]:
        """Like `page`, for expensive filters: up to 10,000 matches are materialized once, then sorted."""
        matched, sorting = self._matched_cte()
        key = [matched.c[column.name] for column in self.key]
        count = sa.select(sa.func.count()).select_from(matched).scalar_subquery()
        rows = db.session.execute(sa.select(*key, count).order_by(*sorting).offset(start).limit(size)).all()
        if not rows and not start:
            return 0, []
        if rows and rows[0][-1] <= MATERIALIZE_LIMIT:
            return rows[0][-1], [tuple(row[:-1]) for row in rows]
        return self.page(start, size)

    def _part(self, segment: Segment, first: int, count_here: int, count: int) -> Keys:
        """Return keys of a segment, read from its nearer end."""
        after = count - first - count_here
        backwards = after < first
        sorting = [by.clause(backwards=backwards) for by in segment.by]
        keys = self._keys().where(segment.where).order_by(*sorting)
        rows = db.session.execute(keys.offset(after if backwards else first).limit(count_here)).all()
        matched = [tuple(row) for row in rows]
        return matched[::-1] if backwards else matched

    def _keys(self) -> Query:
        query = self.query if self.joined is None else self.query.join(self.joined)
        return query.with_only_columns(*self.key, maintain_column_froms=True)

    def _matched_cte(self) -> tuple[sa.CTE, list[sa.UnaryExpression[Any]]]:
        """Return a CTE of up to `MATERIALIZE_LIMIT` + 1 keys with their sort columns, and its ORDER BY."""
        sorting = self._sorting()
        columns = [by.column.label(f"by_{position}") for position, by in enumerate(sorting)]
        matched = (
            self._keys()
            .add_columns(*columns)
            .limit(MATERIALIZE_LIMIT + 1)
            .cte("found")
            .prefix_with("MATERIALIZED")
        )
        return matched, [by.clause(of=matched.c[f"by_{position}"]) for position, by in enumerate(sorting)]

    def _sorting(self) -> list[SortKey]:
        """Return one order for all segments: by segment, then by the keys of each."""
        if len(self.order) == 1:
            return list(self.order[0].by)
        sorting = [
            SortKey(sa.case(*((segment.where, position) for position, segment in enumerate(self.order))))
        ]
        for segment in self.order:
            sorting += [SortKey(sa.case((segment.where, by.column)), by.is_descending) for by in segment.by]
        return sorting
