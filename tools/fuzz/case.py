"""A case: one value in one input, the request built from it, and its response."""

import copy
import itertools
import json
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes, urlencode

from werkzeug.test import TestResponse, run_wsgi_app
from werkzeug.wrappers import Request

from tools.fuzz.corpus import Value
from tools.fuzz.fixtures import FuzzFixtures
from tools.fuzz.inputs import CREDENTIALS, FORMS, Input, Place

HERE = "put the hostile value here"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Case:
    """One hostile value in one input of an otherwise valid request."""

    input: Input
    value: Value

    def __str__(self) -> str:
        return f"{self.input} = {self.value}"


@dataclass
class Sent:
    """A request as a server passes it to the app."""

    method: str
    path: str
    query: str = ""
    headers: dict[str, bytes] = field(default_factory=dict)
    data: bytes = b""

    def curl(self) -> str:
        """Return the start of a curl command that sends the request."""
        address = f"{self.path}?{self.query}".rstrip("?")
        body = f" -d {self.data[:200]!r}" if self.data else ""
        return f"curl -X {self.method} '{address[:200]}'{body}"


class Sender:
    """Sends cases to an app, each from a different address, so that the sign-in throttle never applies."""

    def __init__(self, fixtures: FuzzFixtures) -> None:
        self.fixtures = fixtures
        self._numbers = itertools.count()

    def request(self, case: Case) -> Sent:
        """Build the request of a case."""
        route, value = case.input.route, case.value
        sent = Sent(route.method, self.fixtures.path(route.rule))
        sent.headers = {k: v.encode() for k, v in self.fixtures.caller(route).headers.items()}
        self._fill(sent, case.input)
        (name,) = case.input.at[:1] or ("",)
        match case.input.place:
            case Place.PATH:
                sent.path = self.fixtures.path(route.rule, {str(name): value.escaped})
            case Place.QUERY:
                sent.query = f"{name}={value.escaped}"
            case Place.PARAMETER:
                sent.query = f"{value.escaped}=1"
            case Place.FORM:
                sent.data = urlencode(self.fixtures.get_form(route) | {str(name): value.plain}).encode()
            case Place.HEADER:
                if name in CREDENTIALS:
                    for credential in CREDENTIALS:
                        sent.headers.pop(credential, None)
                sent.headers[str(name)] = value.plain
            case Place.BODY | Place.KEY:
                sent.data = self.body(case)
        return sent

    def _fill(self, sent: Sent, input_: Input) -> None:
        route = input_.route
        if route.takes_json:
            sent.headers["Content-Type"] = b"application/json"
            sent.data = json.dumps(self.fixtures.get_bodies(route)[input_.body]).encode()
        elif str(route) in FORMS:
            sent.headers |= {"Content-Type": FORM.encode(), "Cookie": self.fixtures.form_cookie.encode()}
            sent.data = urlencode(self.fixtures.get_form(route)).encode()

    def body(self, case: Case) -> bytes:
        """Return the valid body with the value inserted."""
        input_ = case.input
        body = copy.deepcopy(self.fixtures.get_bodies(input_.route)[input_.body])
        if input_.place is Place.KEY:
            return _with_key(body, input_.at, case.value)
        if not input_.at:
            return case.value.json
        *way, last = input_.at
        at(body, tuple(way))[last] = HERE
        return json.dumps(body).encode().replace(f'"{HERE}"'.encode(), case.value.json)

    def send(self, sent: Sent) -> TestResponse:
        """Send a request, and return the response."""
        return send(self.fixtures.app, sent, next(self._numbers))


def at(body: Any, path: tuple[str | int, ...]) -> Any:
    """Return the element of `body` at `path`."""
    for key in path:
        body = body[key]
    return body


def _with_key(body: dict[str, Any], path: tuple[str | int, ...], value: Value) -> bytes:
    """Return the body with the value as an additional key, which makes an existing key a duplicate."""
    at(body, path)[HERE] = 1
    key = json.dumps(value.as_key).encode()
    return json.dumps(body).encode().replace(f'"{HERE}"'.encode(), key)


def send(app: Any, sent: Sent, number: int = 0) -> TestResponse:
    """Send a request to an app as gunicorn would, from the address of this number; return the response."""
    path = unquote_to_bytes(sent.path).decode("latin-1")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": sent.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": sent.query,
        "RAW_URI": sent.path,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "REMOTE_ADDR": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
        "HTTP_HOST": "localhost",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(sent.data),
        "wsgi.errors": BytesIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in sent.headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value.decode("latin-1")
    if sent.data or sent.method in {"POST", "PUT", "PATCH"}:
        environ["CONTENT_LENGTH"] = str(len(sent.data))
    answer = run_wsgi_app(app.wsgi_app, environ, buffered=True)
    return TestResponse(*answer, request=Request(environ))
