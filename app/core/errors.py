"""What can go wrong in Spikecast's own terms. Knows no Flask: `web.problems` turns these into answers."""

from collections.abc import Mapping, Sequence
from typing import Any

Faults = Mapping[str, Sequence[str]]
MAX_FAULTS = 100
"""How many faults an answer lists; it says how many more there are."""


class FaultMap(dict[str, list[str]]):
    """What is wrong with inputs, by their paths; `omitted` is how many messages more there were."""

    omitted = 0


class DomainError(Exception):
    """A request that cannot be carried out.

    `detail` is a sentence for people; `kind` names the problem for scripts to tell apart; `faults` maps the
    path of each bad input to what is wrong with it; `facts` are further members of the problem details;
    `headers` go onto the HTTP answer.
    """

    status = 400
    title = "Bad request"

    def __init__(
        self,
        detail: str,
        *,
        kind: str | None = None,
        faults: Faults | None = None,
        facts: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.faults, omitted = _bounded(faults)
        if omitted:
            detail += f" The first {MAX_FAULTS} are listed, and {omitted:,} more are not."
        super().__init__(detail)
        self.detail = detail
        self.kind = kind
        self.facts = dict(facts or {})
        self.headers = dict(headers or {})


def _bounded(faults: Faults | None) -> tuple[Faults | None, int]:
    """Return the first MAX_FAULTS messages by path, and how many there are besides."""
    if faults is None:
        return None, 0
    total = sum(map(len, faults.values()))
    omitted: int = getattr(faults, "omitted", 0)
    if total <= MAX_FAULTS:
        return faults, omitted
    listed: dict[str, list[str]] = {}
    left = MAX_FAULTS
    for path, messages in faults.items():
        listed[path] = list(messages[:left])
        left -= len(listed[path])
        if not left:
            break
    return listed, omitted + total - MAX_FAULTS


class Malformed(DomainError):
    """The body is not JSON, or not JSON that every reader would read alike."""

    title = "Malformed request"


class Unauthenticated(DomainError):
    """No credentials, or none that count (any more)."""

    status = 401
    title = "Not authenticated"


class Forbidden(DomainError):
    """The role may not do this; `noted` is what the audit log tells of it besides."""

    status = 403
    title = "Not allowed"

    def __init__(self, detail: str, *, noted: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(detail, **more)
        self.noted = dict(noted or {})


class NotFound(DomainError):
    """It does not exist, or belongs to somebody else: the answer is the same."""

    status = 404
    title = "Not found"


class Conflict(DomainError):
    """The state of things does not allow it."""

    status = 409
    title = "Conflict"


class PreconditionFailed(DomainError):
    """The thing is no longer what the client saw; `headers` has its present ETag."""

    status = 412
    title = "Precondition failed"


class Invalid(DomainError):
    """Input that was understood and is wrong: every fault at once, by path."""

    status = 422
    title = "Invalid input"

    def __init__(self, faults: Faults, detail: str | None = None) -> None:
        count = sum(map(len, faults.values())) + getattr(faults, "omitted", 0)
        said = "1 input is not valid." if count == 1 else f"{count:,} inputs are not valid."
        super().__init__(detail or said, faults=faults)


class TooMany(DomainError):
    """Asked too often; `headers` says when to come back."""

    status = 429
    title = "Too many attempts"


class Unavailable(DomainError):
    """The database is busy, full or away; nothing was done."""

    status = 503
    title = "Temporarily unavailable"


class CannotStart(Exception):
    """Something that Spikecast needs is not there; the message says what."""
