"""Test oracle: checks whether a response is allowed, and describes each fault in a sentence."""

import re
from http import HTTPStatus
from typing import Any

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

from app.core.text import shorten
from app.web.security_headers import HEADERS
from tests.support.problems import refused
from tools.fuzz import roundtrip
from tools.fuzz.case import Case, Sent
from tools.fuzz.expected_refusals import RefusalOracle
from tools.fuzz.inputs import Place, Route, find_routes
from tools.fuzz.openapi_oracle import Document

PAGE_STATUSES = {200, 206, 302, 303, 304, 308, 400, 401, 403, 404, 405, 413, 415, 416, 422, 429}
"""The statuses that a page may return."""
NO_ROUTE_STATUSES = {400, 404, 405, 308}
"""The statuses that the API may return for a path without a route."""
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_OWN_ADDRESS = re.compile(r"/(?![/\\])[\x20-\x7e]*")


class Oracle:
    """Checks responses of an app against its OpenAPI document and the rules for all responses."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.document = Document(app.extensions["openapi"])
        self.expected = RefusalOracle(self.document)
        self.routes = {(route.method, route.rule): route for route in find_routes(app)}

    def find_faults(
        self, case: Case, sent: Sent, answer: TestResponse, changed: bool, name: str
    ) -> list[str]:
        """Return what is wrong with the response to a case.

        Args:
            case: The case.
            sent: Its request.
            answer: Its response.
            changed: Whether the request changed the database.
            name: The name of an existing collection.
        """
        if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return [f"answers {answer.status}: {answer.text[:200]}"]
        # An invalid Host is refused before the request is routed.
        is_of_host = case.input.at == ("Host",) and answer.status_code == HTTPStatus.BAD_REQUEST
        route = None if is_of_host else self.find_route(sent, answer)
        findings = [*check_every_answer(sent, answer, case.value.plain)]
        if sent.path.startswith("/api/") and answer.mimetype != "text/html":
            findings += self._of_the_api(route, answer)
        elif answer.status_code not in PAGE_STATUSES:
            findings.append(f"a page answers {answer.status}")
        findings += self._of_the_case(case, sent, answer, name)
        is_refused = answer.status_code >= HTTPStatus.BAD_REQUEST
        # What is wrong with a delivery is noted in the receiver, for its owner to see.
        may_note = case.input.route.is_delivery and answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        may_write = may_note or (
            not is_refused and (sent.method != "GET" or (route is not None and route.is_poll))
        )
        if changed and not may_write:
            findings.append(f"answers {answer.status} and wrote something")
        return findings

    def find_route(self, sent: Sent, answer: TestResponse) -> Route | None:
        """Return the route that matched the request, or None. A hostile URL may match another route."""
        try:
            adapter = self.app.create_url_adapter(answer.request)  # type: ignore[arg-type]
            assert adapter is not None
            rule, _arguments = adapter.match(method=sent.method, return_rule=True)
        except (RequestRedirect, HTTPException):
            return None
        return self.routes.get((sent.method, rule.rule))

    def _of_the_api(self, route: Route | None, answer: TestResponse) -> list[str]:
        findings = []
        if route is not None and route.operation is not None:
            findings += self.document.find_faults(route.operation, answer)
        elif answer.status_code not in NO_ROUTE_STATUSES:
            findings.append(f"answers {answer.status} where there is no route")
        if answer.status_code >= HTTPStatus.BAD_REQUEST:
            findings += _check_refusal(answer)
        return findings

    def _of_the_case(self, case: Case, sent: Sent, answer: TestResponse, name: str) -> list[str]:
        is_accepted = answer.status_code < HTTPStatus.MULTIPLE_CHOICES
        why = self.expected.why_refused(case, sent, name)
        if is_accepted and why:
            return [f"answers {answer.status}, though {why}"]
        if case.input.route.is_delivery:
            return []
        if answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY and case.input.route.is_api:
            return _names_the_input(case, answer)
        if (
            is_accepted
            and case.input.place is Place.BODY
            and case.input.at
            and answer.is_json
            and answer.data
        ):
            shown = roundtrip.find_change(sent.data, answer.text, case.input.at)
            return [shown] if shown else []
        return []


def check_every_answer(sent: Sent, answer: TestResponse, value: bytes) -> list[str]:
    """Return what is wrong with a response by the rules that hold for every request."""
    findings = [
        f"comes without {name}: {expected[:40]}"
        for name, expected in HEADERS
        if answer.headers.get(name) != expected
    ]
    if not answer.headers.get("Cache-Control") and not sent.path.startswith("/static/"):
        findings.append("does not say whether it may be kept")
    findings += [
        f"has control characters in {name}" for name, text in answer.headers if _CONTROLS.search(text)
    ]
    location = answer.headers.get("Location")
    if location is not None and not _OWN_ADDRESS.fullmatch(location):
        findings.append(f"leads to {location[:80]!r}")
    if b"Traceback (most recent" in answer.data:
        findings.append("shows a stack trace")
    if answer.mimetype == "text/html" and b"<" in value and value in answer.data:
        findings.append("shows the value as markup")
    return findings


def _check_refusal(answer: TestResponse) -> list[str]:
    if answer.request.method == "HEAD":
        return []
    try:
        refused(answer, answer.status_code)
    except (AssertionError, KeyError, ValueError) as fault:
        return [f"refuses with what are no problem details: {str(fault)[:200]}"]
    return []


def _names_the_input(case: Case, answer: TestResponse) -> list[str]:
    """Return a message if a 422 names the input neither by its path nor in a message about another one."""
    errors: dict[str, Any] = (answer.json or {}).get("errors", {})
    if case.input.place is Place.PARAMETER or (case.input.place is Place.BODY and not case.input.at):
        return []
    input_path = ".".join(map(str, case.input.at))
    if case.input.place is Place.KEY:
        input_path = ".".join([input_path, shorten(case.value.as_key)]).lstrip(".")
    last = str(case.input.at[-1]) if case.input.at else input_path
    for path, messages in errors.items():
        if f"{path}.".startswith(f"{input_path}.") or f"{input_path}.".startswith(f"{path}."):
            return []
        if any(last in message for message in messages):
            return []
    return [f"names {', '.join(errors)[:100]}, not {input_path[:60]}"]
