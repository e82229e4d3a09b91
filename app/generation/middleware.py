"""Where polls come in: before Flask makes a request of them.

A poll needs little of what Flask prepares for each request: no session, no cookies, no hooks, no choice
among a hundred routes. So what can be answered is answered here. What is refused goes on to Flask together
with the reason, for Flask has the words, the log and the routes: whatever looks like no poll to this door
takes that way too.
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
from app.generation import authorization, service
from app.generation.authorization import Ask, Wanted, hash_of
from app.generation.credentials import find_key
from app.generation.usage import Note
from app.values import CollectionType
from app.web.json_provider import JSON_TYPE, to_bytes

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
WSGI = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

FAULT = "spikecast.fault"
"""Where Flask finds in the environ why a poll is refused."""
_POLL = re.compile(r"/api/(?:data/(.+)|collections/([1-9][0-9]{0,8})/data)/([^/]+)")


class Answer(NamedTuple):
    """What a poll is answered with, and what is to be done when that has been sent."""

    body: bytes
    headers: Headers
    afterwards: Callable[[], None] | None


def init_app(app: Flask) -> None:
    """Let the polls of this app in here."""
    app.wsgi_app = with_door(app)  # type: ignore[method-assign, assignment]


def with_door(app: Flask) -> WSGI:
    """A WSGI app that answers polls, and leaves everything else to Flask."""
    flask, parts = app.wsgi_app, app.extensions

    def enter(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        asked = _asked(environ)
        if asked is None:
            return flask(environ, start_response)
        try:
            body, headers, afterwards = answer(parts, environ, *asked)
        except Exception as fault:
            environ[FAULT] = fault
            return flask(environ, start_response)
        start_response("200 OK", [("Content-Length", str(len(body))), *headers])
        return ClosingIterator([body], afterwards) if afterwards else [body]

    return enter


def _asked(environ: Environ) -> tuple[Wanted, str] | None:
    """The collection and the type that a poll asks for; None where it is none."""
    path = environ["PATH_INFO"]
    found = _POLL.fullmatch(path)
    if found is None and path.endswith("/"):  # the same address; a poll without the slash pays nothing for it
        found = _POLL.fullmatch(path[:-1])
    if found is None or environ["REQUEST_METHOD"] != "GET":
        return None
    name, id_, word = found.groups()
    if id_:
        return Wanted(id=int(id_)), word
    try:
        return Wanted.by_name(name.encode("latin-1").decode()), word
    except UnicodeDecodeError:
        return None


def answer(parts: Mapping[str, Any], environ: Environ, wanted: Wanted, type_word: str) -> Answer:
    """Fresh values for whoever sends a key, of the app that has these parts; or the refusal as an error."""
    key_hash, way = hash_of(find_key(environ)), parts["direct"]
    collection_type = CollectionType.from_word(type_word)
    if collection_type is None:
        authorization.check_key(way, key_hash, clock.now)
        raise unknown_type(type_word)
    ask = Ask(key_hash, wanted, collection_type)
    reading, by = service.read_out(way, parts["plans"], parts["pollers"], ask, now=clock.now, rng=rng)
    notes, note = parts["notes"], Note(by.granted.key_id, by.granted.collection_id, collection_type)
    # When the answer has been sent, so that no poller waits for it.
    spike_id = reading.spike.id if reading.spike else None
    is_due = notes.is_due(note, by.instant, spike_id)
    afterwards = partial(notes.add, note, by.instant, spike_id) if is_due else None
    return Answer(body_of(reading), headers_of(reading), afterwards)


def unknown_type(word: str) -> BadRequest:
    """The refusal of a path that names no collection type."""
    return BadRequest(f"There is no type {shorten(word)!r}: it is performance or configuration.")


def body_of(reading: service.Reading) -> bytes:
    """The JSON of a reading."""
    return to_bytes(
        {
            "collection": reading.collection_name,
            "type": reading.collection_type,
            "generated_at_epoch": reading.epoch,
            "data": reading.data,
        }
    )


def headers_of(reading: service.Reading) -> Headers:
    """What is said of a reading beside it: an active spike."""
    headers = [("Content-Type", JSON_TYPE)]
    if reading.spike:
        headers += [
            ("X-Spike-Schedule", str(reading.spike.id)),
            ("X-Spike-Ends", format_iso(reading.spike.ends)),
        ]
    return headers
