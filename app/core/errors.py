"""Errors in Spikecast's own terms. They know no Flask: `web.error_handlers` turns them into responses."""

from collections.abc import Mapping, Sequence
from typing import Any

ErrorsByPath = Mapping[str, Sequence[str]]
BEARER_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="Spikecast"'}
"""The header that a 401 must have (RFC 9110, 11.6.1), where an access token is expected."""
MAX_ERRORS = 100
"""How many errors an answer lists; it says how many more there are."""


class ErrorMap(dict[str, list[str]]):
    """Messages by the path of each invalid input; `omitted` is how many more there were."""

    omitted = 0


class DomainError(Exception):
    """A request that cannot be carried out.

    Knows nothing about HTTP but the status that fits; `web.error_handlers` turns it into a response.

    Args:
        detail: A sentence for people.
        problem_type: Names the problem for scripts, such as `name-taken`; None where the status says it all.
        errors: Messages by the path of each invalid input.
        members: Extension members of the problem details (RFC 9457).
        headers: Headers of the HTTP response.
    """

    status = 400
    title = "Bad request"

    def __init__(
        self,
        detail: str,
        *,
        problem_type: str | None = None,
        errors: ErrorsByPath | None = None,
        members: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.errors, omitted = _truncate(errors)
        if omitted:
            detail += f" The first {MAX_ERRORS} are listed, and {omitted:,} more are not."
        super().__init__(detail)
        self.detail = detail
        self.problem_type = problem_type
        self.members = dict(members or {})
        self.headers = dict(headers or {})


def _truncate(errors: ErrorsByPath | None) -> tuple[ErrorsByPath | None, int]:
    """Return the first MAX_ERRORS messages by path, and how many were left out."""
    if errors is None:
        return None, 0
    total = sum(map(len, errors.values()))
    omitted: int = getattr(errors, "omitted", 0)
    if total <= MAX_ERRORS:
        return errors, omitted
    truncated: dict[str, list[str]] = {}
    left = MAX_ERRORS
    for path, messages in errors.items():
        truncated[path] = list(messages[:left])
        left -= len(truncated[path])
        if not left:
            break
    return truncated, omitted + total - MAX_ERRORS


class Malformed(DomainError):
    """The request is not JSON, or is ambiguous."""

    title = "Malformed request"


class Unauthenticated(DomainError):
    """Credentials are missing, invalid, expired or revoked."""

    status = 401
    title = "Not authenticated"


class Forbidden(DomainError):
    """The caller may not do this. `audit_details` goes to the audit log only."""

    status = 403
    title = "Not allowed"

    def __init__(self, detail: str, *, audit_details: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(detail, **more)
        self.audit_details = dict(audit_details or {})


class NotFound(DomainError):
    """It does not exist, or belongs to another user: the response is the same."""

    status = 404
    title = "Not found"


class Conflict(DomainError):
    """The present state does not allow it."""

    status = 409
    title = "Conflict"


class PreconditionFailed(DomainError):
    """The object has changed since the client read it; `headers` contains its current ETag."""

    status = 412
    title = "Precondition failed"


class Invalid(DomainError):
    """Well-formed input with invalid values; lists every error by its path."""

    status = 422
    title = "Invalid input"

    def __init__(self, errors: ErrorsByPath, detail: str | None = None) -> None:
        count = sum(map(len, errors.values())) + getattr(errors, "omitted", 0)
        summary = "1 input is invalid." if count == 1 else f"{count:,} inputs are invalid."
        super().__init__(detail or summary, errors=errors)


class TooManyAttempts(DomainError):
    """A limit is reached; `headers` says when to retry."""

    status = 429
    title = "Too many attempts"


class Unavailable(DomainError):
    """The database is busy, full or unreachable; nothing was done."""

    status = 503
    title = "Temporarily unavailable"


class CannotStart(Exception):
    """Something that Spikecast needs is missing; the message says what."""
