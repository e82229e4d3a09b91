"""Every error as RFC 9457 problem details, and none with a stack trace."""

import logging
from http import HTTPStatus
from typing import Any

import orjson
from flask import Flask, Response, request
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from app.database import db
from app.errors import Conflict, DomainError, Unavailable

RETRY_SECONDS = 2
KEPT_HEADERS = ("Allow", "Retry-After", "WWW-Authenticate", "Location")
log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Answer every error of the app."""
    app.register_error_handler(DomainError, on_domain_error)
    app.register_error_handler(HTTPException, on_http_exception)
    app.register_error_handler(DBAPIError, on_database_error)
    app.register_error_handler(PoolTimeout, on_database_error)
    app.register_error_handler(Exception, on_unforeseen)


def on_domain_error(error: DomainError) -> Response:
    """What Spikecast itself refuses."""
    db.session.rollback()
    members = dict(error.facts)
    if error.faults:
        members["errors"] = error.faults
    return problem(error.status, error.title, error.detail, error.kind, members, error.headers)


def on_http_exception(error: HTTPException) -> Response:
    """What Flask and Werkzeug refuse: unknown addresses, methods, sizes."""
    if error.response is not None and error.code is None:
        return error.response  # type: ignore[return-value]
    status = error.code or 500
    if 300 <= status < 400:
        return error.get_response()  # type: ignore[return-value]
    kept = {name: value for name, value in error.get_headers() if name in KEPT_HEADERS}
    return problem(status, HTTPStatus(status).phrase, error.description or "", headers=kept)


def on_database_error(error: Exception) -> Response:
    """A database that is busy, full, read-only or away: nothing was done, and it may work soon."""
    if isinstance(error, IntegrityError) and was_overtaken(error):
        said = (
            "What this refers to was changed by somebody else at the same moment. Look again, and repeat it."
        )
        return on_domain_error(Conflict(said))
    if not is_passing(error):
        return on_unforeseen(error)
    log.warning("The database did not serve %s: %s", request.path, _first_line(error))
    db.session.rollback()
    said = "The database is busy or away. Nothing was changed; try again in a moment."
    retry = Unavailable(said, headers={"Retry-After": str(RETRY_SECONDS)})
    return problem(retry.status, retry.title, retry.detail, headers=retry.headers)


def was_overtaken(error: IntegrityError) -> bool:
    """Whether a row that was there is gone, or a name that was free is taken."""
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return state in {"23503", "23505"}  # foreign_key_violation, unique_violation
    return str(error.orig).startswith(("FOREIGN KEY", "UNIQUE"))


def is_passing(error: Exception) -> bool:
    """Whether the database, not the statement, is to blame."""
    return isinstance(error, OperationalError | PoolTimeout) or bool(
        isinstance(error, DBAPIError) and error.connection_invalidated
    )


def on_unforeseen(error: Exception) -> Response:
    """A fault of ours: told to the log whole, to the client only that it happened."""
    log.error("Failed at %s %s", request.method, ascii(request.path), exc_info=error)
    db.session.rollback()
    return problem(500, "Internal error", "Something went wrong on the server; its log says what.")


def _first_line(error: Exception) -> str:
    return str(getattr(error, "orig", error)).splitlines()[0]


def problem(
    status: int,
    title: str,
    detail: str,
    kind: str | None = None,
    members: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """An answer of problem details; `kind` names a problem that a script may want to tell apart."""
    body = {
        "type": f"urn:spikecast:problem:{kind}" if kind else "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        **(members or {}),
    }
    content = b"" if request.method == "HEAD" else orjson.dumps(body)
    return Response(content, status, headers, content_type="application/problem+json")
