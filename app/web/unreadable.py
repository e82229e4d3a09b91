"""Answers to what is no HTTP. The server gives them before the app is asked: as problem details, too."""

import json
from http import HTTPStatus

from app.web.security import HEADERS, NOT_KEPT


def answer(status: int, said: str) -> bytes:
    """A whole answer of HTTP/1.1, after which the connection is closed."""
    title = HTTPStatus(status).phrase
    problem = {
        "type": "about:blank",
        "title": title.capitalize(),
        "status": status,
        "detail": said or "Something went wrong on the server; its log says what.",
    }
    body = json.dumps(problem).encode()  # ASCII, whatever came in
    headers = [
        ("Content-Type", "application/problem+json"),
        ("Content-Length", str(len(body))),
        ("Connection", "close"),
        NOT_KEPT,
        *HEADERS,
    ]
    lines = [f"HTTP/1.1 {status} {title}", *map(": ".join, headers), "", ""]
    return "\r\n".join(lines).encode() + body
