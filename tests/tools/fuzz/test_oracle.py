"""Faults that are planted into the product are found."""

import functools
from collections.abc import Iterator
from http import HTTPStatus

import pytest
from flask import Response, jsonify, request

from tools.fuzz.case import Case
from tools.fuzz.corpus import BY_NAME
from tools.fuzz.fixtures import FuzzFixtures, create_fixtures
from tools.fuzz.runner import Runner, Tally, find_inputs

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

NEW_COLLECTION = "POST /api/collections body:name"
SEEN_COLLECTION = "GET /api/collections/<id:collection_id> header:User-Agent"
PREVIEW = "POST /api/spike-schedules/preview body:interval"
A_NAME, NO_NAME = "text: a percent sign", "text: a line feed"


def problem(status: int, **errors: list[str]) -> Response:
    body = {"type": "about:blank", "title": "No", "status": status, "detail": "No."}
    answer = jsonify(body | ({"errors": errors} if errors else {}))
    answer.status_code = status
    answer.content_type = "application/problem+json"
    return answer


def fails(_answer: Response) -> Response:
    raise ZeroDivisionError


def answers_as_no_route_does(_answer: Response) -> Response:
    return problem(HTTPStatus.IM_A_TEAPOT)


def is_no_problem_details(answer: Response) -> Response:
    answer.set_data(b'{"error": "no"}')
    return answer


def has_a_text_for_an_id(answer: Response) -> Response:
    answer.set_data(answer.get_data().replace(b'{"id":', b'{"id":"x","was":'))
    return answer


def writes_and_refuses(answer: Response) -> Response:
    assert answer.status_code == HTTPStatus.CREATED  # the collection is there by now
    return problem(HTTPStatus.CONFLICT)


def names_another_input(_answer: Response) -> Response:
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, owner_id=["is wrong"])


def says_that_it_is_created(_answer: Response) -> Response:
    return jsonify({"id": 1}), HTTPStatus.CREATED, {"Location": "/api/collections/1"}


def keeps_something_else(answer: Response) -> Response:
    answer.set_data(answer.get_data().replace(b'"name":"%"', b'"name":"%25"'))
    return answer


def leads_elsewhere(answer: Response) -> Response:
    answer.headers["Location"] = "//evil.example"
    return answer


def is_a_web_page(answer: Response) -> Response:
    answer.content_type = "text/html"
    answer.set_data(request.user_agent.string)
    return answer


PLANTED = [
    ("collections.create_collection", fails, NEW_COLLECTION, A_NAME, "answers 500"),
    (
        "collections.create_collection",
        answers_as_no_route_does,
        NEW_COLLECTION,
        A_NAME,
        "418 is not documented",
    ),
    ("collections.create_collection", is_no_problem_details, NEW_COLLECTION, NO_NAME, "no problem details"),
    ("collections.get_collection", has_a_text_for_an_id, SEEN_COLLECTION, A_NAME, "not as documented"),
    ("collections.create_collection", writes_and_refuses, NEW_COLLECTION, A_NAME, "wrote something"),
    (
        "collections.create_collection",
        names_another_input,
        NEW_COLLECTION,
        A_NAME,
        "names owner_id, not name",
    ),
    ("collections.create_collection", keeps_something_else, NEW_COLLECTION, A_NAME, "shows '%25' for '%'"),
    ("collections.create_collection", leads_elsewhere, NEW_COLLECTION, A_NAME, "leads to '//evil.example'"),
    ("preview.preview_draft", says_that_it_is_created, PREVIEW, "JSON: null", "though the schema forbids it"),
    ("spikes-pages.spikes", is_a_web_page, "GET /spikes header:User-Agent", "text: a script", "as markup"),
]


@pytest.fixture
def made(app) -> Iterator[FuzzFixtures]:
    with create_fixtures(app) as made:
        yield made


def found(made: FuzzFixtures, wanted: str, value: str) -> list[str]:
    """What is found with this value in this input."""
    tally = Tally()
    (input_,) = (each for each in find_inputs(made) if str(each) == wanted)
    Runner(made, tally).one(Case(input_, BY_NAME[value]))
    return [finding.fault for finding in tally.findings]


def plant(app, monkeypatch, endpoint: str, spoil) -> None:
    view = app.view_functions[endpoint]

    @functools.wraps(view)
    def spoilt(*args, **options):
        try:
            answer = app.make_response(view(*args, **options))
        except Exception as error:
            answer = app.make_response(app.handle_user_exception(error))
        return spoil(answer)

    monkeypatch.setitem(app.view_functions, endpoint, spoilt)


@pytest.mark.parametrize(
    ("endpoint", "spoil", "wanted", "value", "says"), PLANTED, ids=[each[1].__name__ for each in PLANTED]
)
def test_a_view_that_goes_wrong_is_found(made, monkeypatch, endpoint, spoil, wanted, value, says):
    assert found(made, wanted, value) == []
    plant(made.app, monkeypatch, endpoint, spoil)
    faults = found(made, wanted, value)
    assert any(says in fault for fault in faults), faults


def test_an_answer_without_the_headers_of_all_answers_is_found(made, monkeypatch):
    monkeypatch.setattr("app.web.security_headers.HEADERS", [])
    faults = found(made, NEW_COLLECTION, A_NAME)
    assert "comes without X-Content-Type-Options: nosniff" in faults
    assert any(fault.startswith("comes without Content-Security-Policy") for fault in faults)


def test_a_route_that_asks_nobody_who_they_are_is_found(made, monkeypatch):
    def asked() -> list[str]:
        return found(made, "GET /api/users header:Authorization", "header: Basic")

    assert asked() == []
    unguarded = made.app.view_functions["users.list_users"].__wrapped__
    monkeypatch.setitem(made.app.view_functions, "users.list_users", unguarded)
    assert asked() == ["answers 200 OK, though it is no credential"]
