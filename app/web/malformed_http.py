"""Responses to malformed HTTP, which never reaches the app; as problem details, too."""

import json
import re
from http import HTTPStatus

from app.core.text import shorten
from app.web.security_headers import HEADERS, NO_STORE

MAX_DETAIL = 300
_RAW_BYTES = re.compile(
    r"Invalid HTTP request line: .[A-Z]+ .*(?:[^\x00-\x7f]|\\x[89a-f][0-9a-f])", re.DOTALL
)
_SPACE = re.compile(r"Invalid HTTP Version: .* HTTP/[0-9]", re.DOTALL)
_TLS = re.compile(r"Invalid HTTP request line: .\\x16\\x03")


def build_response(status: int, message: str) -> bytes:
    """Return a whole HTTP/1.1 response that closes the connection."""
    title = HTTPStatus(status).phrase
    problem = {
        "type": "about:blank",
        "title": title.capitalize(),
        "status": status,
        "detail": explain(message) or "Internal server error. The server's log has the details.",
    }
    body = json.dumps(problem).encode()  # ASCII, whatever came in
    headers = [
        ("Content-Type", "application/problem+json"),
        ("Content-Length", str(len(body))),
        ("Connection", "close"),
        NO_STORE,
        *HEADERS,
    ]
    lines = [f"HTTP/1.1 {status} {title}", *map(": ".join, headers), "", ""]
    return "\r\n".join(lines).encode() + body


def explain(message: str) -> str:
    """Return what to do about a request that gunicorn could not parse, or gunicorn's own words."""
    if _RAW_BYTES.search(message):
        return (
            "Percent-encode the path and the query: an address holds ASCII characters only. "
            "In UTF-8, \u00e9 is %C3%A9 and a space is %20."
        )
    if _SPACE.search(message):
        return "Percent-encode the path and the query: a space in them is %20."
    if _TLS.search(message):
        return (
            "This port serves HTTP, not HTTPS. "
            "Use the HTTPS address of the proxy in front of it, if there is one."
        )
    if message == "Invalid HTTP Header: 'HOST'":
        return "The Host header is repeated or contains invalid characters."
    return shorten(message, MAX_DETAIL)
