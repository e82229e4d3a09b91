"""WSGI middleware that answers polls before Flask builds a request.

A poll needs little of what Flask prepares for each request: no session, no cookies, no hooks, no choice
among a hundred routes. Refused polls fall through to Flask with the exception in `environ[EXCEPTION_KEY]`,
so error formatting and logging stay in one place. Unrecognized paths fall through unchanged.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, NamedTuple

from flask import Flask
from werkzeug.exceptions import BadRequest
from werkzeug.wsgi import ClosingIterator

from app.core import clock
from app.core.rng import rng
from app.core.text import shorten
from app.core.timestamps import format_iso
from app.generation.authorization import CollectionRef, PollRequest, get_key_hash
from app.generation.formats import Format, get_format
from app.generation.key_headers import find_key
from app.generation.poll_result import PollResult
from app.generation.service import Polls
from app.generation.usage import PollUse, UsageRecorder
from app.values import CollectionType

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
WSGI = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

EXCEPTION_KEY = "spikecast.exception"
"""Where Flask finds in the environ why a poll is refused."""
_VARY = ("Vary", "Accept")
_POLL_PATH = re.compile(r"/api/(?:data/(.+)|collections/([1-9][0-9]{0,8})/data)/([^/]+)")


class PollResponse(NamedTuple):
    """Response of a poll: body, headers, and an optional callback to run once it has been sent."""

    body: bytes
    headers: Headers
    on_sent: Callable[[], None] | None


class PollMiddleware:
    """Answers polls of one app, and leaves everything else to Flask."""

    def __init__(self, app: Flask) -> None:
        """Wrap the app's present WSGI callable."""
        self._flask: WSGI = app.wsgi_app
        self._extensions = app.extensions

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a poll, or call Flask."""
        target = _parse_path(environ)
        if target is None:
            return self._flask(environ, start_response)
        try:
            body, headers, on_sent = answer_poll(self._extensions, environ, *target)
        except Exception as error:
            environ[EXCEPTION_KEY] = error
            return self._flask(environ, start_response)
        start_response("200 OK", [("Content-Length", str(len(body))), *headers])
        return ClosingIterator([body], on_sent) if on_sent else [body]


def init_app(app: Flask) -> None:
    """Answer the polls of this app before Flask does."""
    app.wsgi_app = PollMiddleware(app)  # type: ignore[method-assign]


def _parse_path(environ: Environ) -> tuple[CollectionRef, str] | None:
    """Return the collection and the type that a poll asks for, or None if it is no poll."""
    path = environ["PATH_INFO"]
    match = _POLL_PATH.fullmatch(path)
    if match is None and path.endswith("/"):  # matched second, so that polls without it are not slower
        match = _POLL_PATH.fullmatch(path[:-1])
    if match is None or environ["REQUEST_METHOD"] != "GET":
        return None
    name, id_, type_name = match.groups()
    if id_:
        return CollectionRef(id=int(id_)), type_name
    try:
        return CollectionRef.by_name(name.encode("latin-1").decode()), type_name
    except UnicodeDecodeError:
        return None


def answer_poll(
    extensions: Mapping[str, Any], environ: Environ, collection: CollectionRef, type_name: str
) -> PollResponse:
    """Return the response of a poll.

    Args:
        extensions: of the app; they hold `polls` and `usage`.
        environ: the WSGI request.
        collection: what its path asks for.
        type_name: the last part of its path.

    Raises:
        BadRequest: there is no such type, or no such format. The key is checked first.
        DomainError: the poll is refused.
    """
    key_hash = get_key_hash(find_key(environ))
    polls: Polls = extensions["polls"]
    collection_type = CollectionType.from_word(type_name)
    if collection_type is None:
        polls.find_key(key_hash, clock.now)
        raise unknown_type_error(type_name)
    output_format = get_format(environ.get("QUERY_STRING", ""), environ.get("HTTP_ACCEPT", ""))
    request = PollRequest(key_hash, collection, collection_type)
    result, key_id, collection_id, instant = polls.poll(request, now=clock.now, rng=rng)
    use = PollUse(key_id, collection_id, collection_type)
    usage: UsageRecorder = extensions["usage"]
    spike_id = result.spike.id if result.spike else None
    on_sent = None
    if usage.should_record(use, instant, spike_id):  # once the response has been sent: no client waits for it
        on_sent = partial(usage.record, use, instant, result)
    elif spike_id is not None:
        usage.count(use, instant, result)
    return PollResponse(*format_result(result, output_format), on_sent)


def unknown_type_error(type_name: str) -> BadRequest:
    """Return the refusal of a path that names no collection type (400)."""
    return BadRequest(f"Unknown type {shorten(type_name)!r}. Use performance or configuration.")


def format_result(result: PollResult, output_format: Format) -> tuple[bytes, Headers]:
    """Return the body and the headers of a result; they name an active spike."""
    content_type, body = output_format.render(result)
    headers = [("Content-Type", content_type), _VARY]
    if result.spike:
        headers += [
            ("X-Spike-Schedule", str(result.spike.id)),
            ("X-Spike-Ends", format_iso(result.spike.ends)),
        ]
    return body, headers
