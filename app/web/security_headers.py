"""Security headers of every response, errors included; and the check of the Host header."""

import json
import re
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)
HEADERS = [
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
]
HSTS = ("Strict-Transport-Security", "max-age=31536000")
NO_STORE = ("Cache-Control", "no-store")

# Names as DNS and a URL allow them, and addresses. Anything else would fail deep inside, where an address
# is built.
HOST = re.compile(
    r"(?:[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63}){0,120}\.?|\[[0-9A-Fa-f:.]{2,45}\])?(?::[0-9]{1,5})?"
)


def _bad_request(detail: str) -> bytes:
    return json.dumps(
        {"type": "about:blank", "title": "Bad request", "status": 400, "detail": detail}
    ).encode()


INVALID_HOST = _bad_request("Invalid Host header.")
NO_HOST = _bad_request("Missing Host header, required since HTTP/1.1.")

Headers = list[tuple[str, str]]
Environ = dict[str, Any]
WSGI = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


def init_app(app: Flask) -> None:
    """Add the headers to every response.

    Call this before `proxies.init_app`: the headers depend on what the proxy says.
    """
    app.wsgi_app = with_headers(app.wsgi_app)  # type: ignore[method-assign, assignment]


def with_headers(wsgi_app: WSGI) -> WSGI:
    """Return a WSGI app with security headers, whose responses are not cached unless they say so.

    An after_request hook would take ten times as long.
    """

    def answer(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        def begin(status: str, headers: Headers, exc_info: Any = None) -> Any:
            return start_response(
                status, with_cache_control(headers) + HEADERS + https_headers(environ), exc_info
            )

        host = environ.get("HTTP_HOST")
        if host is None:
            body = NO_HOST if environ.get("SERVER_PROTOCOL") == "HTTP/1.1" else None
        else:
            body = None if HOST.fullmatch(host) else INVALID_HOST
        if body:
            size = ("Content-Length", str(len(body)))
            begin("400 Bad Request", [("Content-Type", "application/problem+json"), size, NO_STORE])
            return [body if environ["REQUEST_METHOD"] != "HEAD" else b""]
        return wsgi_app(environ, begin)

    return answer


def with_cache_control(headers: Headers) -> Headers:
    """Return the headers, with `no-store` added if they say nothing about caching."""
    return headers if any(name == "Cache-Control" for name, _ in headers) else [*headers, NO_STORE]


def https_headers(environ: Environ) -> Headers:
    """Return the headers of responses by HTTPS."""
    return [HSTS] if environ["wsgi.url_scheme"] == "https" else []
