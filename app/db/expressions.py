"""SQL expressions that work alike on SQLite and PostgreSQL."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.operators import custom_op

from app.db.session import db


def without_index(column: Any) -> Any:
    """Return the column in a form for which SQLite does not use an index.

    Without statistics, SQLite prefers any index, even if it must then read most of the table row by row.
    """
    if db.engine.dialect.name != "sqlite":
        return column
    return UnaryExpression(column, operator=custom_op("+"), type_=column.type)


def lower(text: Any) -> sa.ColumnElement[str]:
    """Return SQL for a text in lower case, alike on both engines and in every locale of PostgreSQL.

    They differ for one capital, whose lower case has two characters: it becomes an i.
    """
    return sa.func.lower(replace_dotted_capital(text))


def replace_dotted_capital(text: Any) -> sa.ColumnElement[str]:
    """Return SQL for a text with the capital I with a dot above (U+0130) as an i."""
    return sa.func.replace(text, "\u0130", "i")
