"""Every error as RFC 9457 problem details, and none with a stack trace."""

import logging
import sqlite3
from http import HTTPStatus
from typing import Any

import orjson
from flask import Flask, Response, g, request
from flask.globals import request_ctx
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, InternalServerError, NotFound, RequestEntityTooLarge

from app.core import errors
from app.core.errors import Conflict, DomainError, Forbidden, Unavailable
from app.core.text import shorten
from app.db.session import db
from app.domain import audit
from app.web import pages

RETRY_AFTER_S = 2
FORWARDED_HEADERS = ("Allow", "Retry-After", "WWW-Authenticate", "Location")
SQLITE_STATEMENT_ERRORS = {
    sqlite3.SQLITE_ERROR,
    sqlite3.SQLITE_TOOBIG,
    sqlite3.SQLITE_CONSTRAINT,
    sqlite3.SQLITE_MISMATCH,
    sqlite3.SQLITE_MISUSE,
    sqlite3.SQLITE_RANGE,
}
POSTGRES_SERVER_ERRORS = {"25006", "42P01", "XX000", "XX001", "XX002"}
"""Of PostgreSQL, besides OperationalError: it is read-only, without tables, damaged."""
log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Register a handler for every kind of error."""
    app.register_error_handler(DomainError, on_domain_error)
    app.register_error_handler(HTTPException, on_http_exception)
    app.register_error_handler(InternalServerError, on_logged_error)
    app.register_error_handler(DBAPIError, on_database_error)
    app.register_error_handler(PoolTimeout, on_database_error)
    app.register_error_handler(Exception, on_unexpected_error)


def on_domain_error(error: DomainError) -> Response:
    """Return the response to a domain error, and record what the audit log needs."""
    rollback_safely()
    if isinstance(error, Forbidden) and "actor" in g:
        audit.record_refused_request(g.actor, **error.audit_details)
    elif isinstance(error, errors.NotFound) and "actor" in g:
        audit.record_not_found(g.actor)
    members = dict(error.members)
    if error.errors:
        members["errors"] = error.errors
    return problem_response(
        error.status, error.title, error.detail, error.problem_type, members, error.headers
    )


def rollback_safely() -> None:
    """Roll back the present transaction, also where the connection is lost."""
    try:
        db.session.rollback()
    except DBAPIError as error:
        log.warning("Lost the database connection at %s: %s", ascii(request.path), _first_line(error))
        db.session().invalidate()


def on_http_exception(error: HTTPException) -> Response:
    """Return the response to an error of Flask or Werkzeug: unknown paths, methods, sizes."""
    if error.response is not None and error.code is None:
        return error.response  # type: ignore[return-value]
    status = error.code or 500
    if 300 <= status < 400:
        return error.get_response()  # type: ignore[return-value]
    headers = {name: value for name, value in error.get_headers() if name in FORWARDED_HEADERS}
    return problem_response(
        status, HTTPStatus(status).phrase.capitalize(), get_detail(error), headers=headers
    )


def get_detail(error: HTTPException) -> str:
    """Return what an error of Flask or Werkzeug says, in words that fit an API."""
    if isinstance(error, NotFound):
        return f"There is no page or API route at {shorten(request.path)}."
    if isinstance(error, RequestEntityTooLarge) and request.max_content_length:
        return f"The body is too large. At most {request.max_content_length:,} bytes are allowed."
    return error.description or ""


def on_database_error(error: Exception) -> Response:
    """Return 503 for a database that is busy, full, read-only or unreachable; nothing was done."""
    if isinstance(error, IntegrityError) and is_concurrent_change(error):
        detail = "Something this request refers to changed concurrently. Reload and try again."
        return on_domain_error(Conflict(detail))
    if not is_transient(error):
        return on_unexpected_error(error)
    log.warning("Database error at %s: %s", ascii(request.path), _first_line(error))
    rollback_safely()
    detail = "The database is busy or unavailable. Try again in a moment."
    retry = Unavailable(detail, headers={"Retry-After": str(RETRY_AFTER_S)})
    return problem_response(retry.status, retry.title, retry.detail, headers=retry.headers)


def is_concurrent_change(error: IntegrityError) -> bool:
    """Return whether a row disappeared, or a free name was taken, meanwhile."""
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return state in {"23503", "23505"}  # foreign_key_violation, unique_violation
    return str(error.orig).startswith(("FOREIGN KEY", "UNIQUE"))


def is_transient(error: Exception) -> bool:
    """Return whether the database, not the statement, is to blame."""
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, DBAPIError):
        return False
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        missing = str(error.orig).startswith("no such table")
        return missing or code & 0xFF not in SQLITE_STATEMENT_ERRORS
    state = getattr(error.orig, "sqlstate", None) or ""
    return (
        isinstance(error, OperationalError) or error.connection_invalidated or state in POSTGRES_SERVER_ERRORS
    )


def on_unexpected_error(error: Exception) -> Response:
    """Log a bug with its stack trace, and return 500."""
    log.error("Unhandled error at %s %s", request.method, ascii(request.path), exc_info=error)
    rollback_safely()
    return on_logged_error(error)


def on_logged_error(_error: Exception) -> Response:
    """Return 500 for a bug that Flask has logged already."""
    return problem_response(500, "Internal error", "Internal server error. The server's log has the details.")


def _first_line(error: Exception) -> str:
    return next(iter(str(getattr(error, "orig", error)).splitlines()), type(error).__name__)


def problem_response(
    status: int,
    title: str,
    detail: str,
    kind: str | None = None,
    members: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """Return problem details below /api, an HTML page elsewhere.

    Args:
        status: The HTTP status.
        title: The summary of the kind of problem.
        detail: The sentence about this occurrence.
        kind: The problem type for scripts, without its URN prefix.
        members: Extension members of the problem details.
        headers: Headers of the response.
    """
    # A page holds addresses, and with a Host that is none nothing can be addressed.
    if not f"{request.path}/".startswith("/api/") and request_ctx.url_adapter is not None:
        return pages.error_page(status, detail, headers)
    body = {
        "type": f"urn:spikecast:problem:{kind}" if kind else "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        **(members or {}),
    }
    content = b"" if request.method == "HEAD" else orjson.dumps(body)
    return Response(content, status, headers, content_type="application/problem+json")
