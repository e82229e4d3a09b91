"""Raw HTTP requests that no library would send, and their responses."""

import json
import socket
from collections.abc import Mapping
from contextlib import closing
from email.parser import BytesHeaderParser
from typing import Any
from urllib.parse import urlsplit

COMMON_HEADERS = [
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "Referrer-Policy",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "Cache-Control",
]


def send(url: str, start: str, *lines: str, body: bytes = b"", is_last: bool = True) -> bytes:
    """Send a request, and return all bytes that come back over the connection.

    `is_last` closes the sending side at once, which some servers treat as a client that has gone away.
    """
    address = urlsplit(url)
    with closing(socket.create_connection((address.hostname, address.port), timeout=60)) as connection:
        head = "\r\n".join([start, *lines, "", ""])
        connection.sendall(head.encode("latin-1") + body)
        if is_last:
            connection.shutdown(socket.SHUT_WR)
        got = b""
        while chunk := connection.recv(65_536):
            got += chunk
    return got


def statuses(answer: bytes) -> list[int]:
    return [int(part.split()[0]) for part in answer.split(b"HTTP/1.1 ")[1:]]


def read(answer: bytes) -> tuple[Mapping[str, str], bytes]:
    """Return the headers and the body of one response."""
    head, _, body = answer.partition(b"\r\n\r\n")
    return BytesHeaderParser().parsebytes(head.partition(b"\r\n")[2]), body


def common_headers(answer: bytes) -> list[tuple[str, str]]:
    """Return those headers of one response that every response carries."""
    return sorted((name, text) for name, text in read(answer)[0].items() if name in COMMON_HEADERS)


def refused(answer: bytes, *expected: int) -> dict[str, Any]:
    """Return the problem details of the only response, which must be the last on its connection."""
    assert statuses(answer) in [[each] for each in expected], answer[:300]
    head, body = read(answer)
    assert (head["Content-Type"], head["Connection"]) == ("application/problem+json", "close")
    assert int(head["Content-Length"]) == len(body)
    problem: dict[str, Any] = json.loads(body)
    assert [problem["status"]] == statuses(answer)
    assert all(isinstance(problem[name], str) and problem[name] for name in ("type", "title", "detail"))
    return problem
