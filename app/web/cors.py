"""CORS: let browser pages of other origins read poll responses, and nothing else.

Credentials mode is never allowed: a poll carries its API key in a header, and a browser's sign-in is ignored
there. So a page learns no more than any holder of the key.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

Headers = list[tuple[str, str]]
Environ = dict[str, Any]
WSGI = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

_DATA = re.compile(r"/api/(?:data(?:/.*)?|collections/[0-9]+/data/.*)", re.DOTALL)
_READABLE = ("Access-Control-Expose-Headers", "X-Spike-Schedule, X-Spike-Ends, Retry-After")
# Besides the two that carry a key, those that HTTP libraries for browsers add to a GET.
_SENT = "Authorization, X-API-Key, Cache-Control, Content-Type, If-None-Match, Pragma, X-Requested-With"
MAX_AGE_S = 7200
"""How long a browser may remember what a preflight said. Chromium caps it at these two hours."""
_PREFLIGHT = [
    ("Access-Control-Allow-Methods", "GET"),
    ("Access-Control-Allow-Headers", _SENT),
    ("Access-Control-Max-Age", str(MAX_AGE_S)),
]


def init_app(app: Flask) -> None:
    """Let pages of the configured origins read; without any, polls are not slowed down."""
    origins = app.config["CORS_ORIGINS"]
    if origins:
        app.wsgi_app = with_cors(app.wsgi_app, origins)  # type: ignore[method-assign, assignment]


def with_cors(wsgi_app: WSGI, origins: Iterable[str]) -> WSGI:
    """Return a WSGI app that tells browsers which pages may read responses below the data paths.

    Errors are readable, too: a dashboard must distinguish a mistyped key from a network that is down.
    """
    allowed = frozenset(origins)

    def answer(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not _DATA.fullmatch(environ["PATH_INFO"]):
            return wsgi_app(environ, start_response)
        more = _headers(environ, allowed)

        def begin(status: str, headers: Headers, exc_info: Any = None) -> Any:
            return start_response(status, headers + more, exc_info)

        return wsgi_app(environ, begin)

    return answer


def _headers(environ: Environ, allowed: frozenset[str]) -> Headers:
    if "*" in allowed:
        headers = [("Access-Control-Allow-Origin", "*"), _READABLE]
    else:
        # What is sent depends on Origin, also where it is absent or not allowed.
        headers = [("Vary", "Origin")]
        origin = environ.get("HTTP_ORIGIN")
        if origin not in allowed:
            return headers
        headers += [("Access-Control-Allow-Origin", origin), _READABLE]
    if environ["REQUEST_METHOD"] == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ:
        headers += _PREFLIGHT
    return headers
