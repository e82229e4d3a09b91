"""The fuzzer finds faults that a test injects into views."""

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
READ_COLLECTION = "GET /api/collections/<id:collection_id> header:User-Agent"
PREVIEW = "POST /api/spike-schedules/preview body:interval"
VALID_NAME, INVALID_NAME = "text: a percent sign", "text: a line feed"


def problem(status: int, **errors: list[str]) -> Response:
    body = {"type": "about:blank", "title": "No", "status": status, "detail": "No."}
    answer = jsonify(body | ({"errors": errors} if errors else {}))
    answer.status_code = status
    answer.content_type = "application/problem+json"
    return answer


def raise_error(_answer: Response) -> Response:
    raise ZeroDivisionError


def return_undocumented_status(_answer: Response) -> Response:
    return problem(HTTPStatus.IM_A_TEAPOT)


def return_plain_json_error(answer: Response) -> Response:
    answer.set_data(b'{"error": "no"}')
    return answer


def return_string_as_id(answer: Response) -> Response:
    answer.set_data(answer.get_data().replace(b'{"id":', b'{"id":"x","was":'))
    return answer


def write_and_refuse(answer: Response) -> Response:
    assert answer.status_code == HTTPStatus.CREATED  # the collection has been created
    return problem(HTTPStatus.CONFLICT)


def name_another_input(_answer: Response) -> Response:
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, owner_id=["is wrong"])


def return_created(_answer: Response) -> Response:
    return jsonify({"id": 1}), HTTPStatus.CREATED, {"Location": "/api/collections/1"}


def return_another_name(answer: Response) -> Response:
    answer.set_data(answer.get_data().replace(b'"name":"%"', b'"name":"%25"'))
    return answer


def redirect_to_other_site(answer: Response) -> Response:
    answer.headers["Location"] = "//evil.example"
    return answer


def return_html(answer: Response) -> Response:
    answer.content_type = "text/html"
    answer.set_data(request.user_agent.string)
    return answer


INJECTED = [
    ("collections.create_collection", raise_error, NEW_COLLECTION, VALID_NAME, "answers 500"),
    (
        "collections.create_collection",
        return_undocumented_status,
        NEW_COLLECTION,
        VALID_NAME,
        "418 is not documented",
    ),
    (
        "collections.create_collection",
        return_plain_json_error,
        NEW_COLLECTION,
        INVALID_NAME,
        "no problem details",
    ),
    ("collections.get_collection", return_string_as_id, READ_COLLECTION, VALID_NAME, "not as documented"),
    ("collections.create_collection", write_and_refuse, NEW_COLLECTION, VALID_NAME, "wrote something"),
    (
        "collections.create_collection",
        name_another_input,
        NEW_COLLECTION,
        VALID_NAME,
        "names owner_id, not name",
    ),
    ("collections.create_collection", return_another_name, NEW_COLLECTION, VALID_NAME, "shows '%25' for '%'"),
    (
        "collections.create_collection",
        redirect_to_other_site,
        NEW_COLLECTION,
        VALID_NAME,
        "leads to '//evil.example'",
    ),
    ("preview.preview_draft", return_created, PREVIEW, "JSON: null", "though the schema forbids it"),
    ("spikes-pages.spikes", return_html, "GET /spikes header:User-Agent", "text: a script", "as markup"),
]


@pytest.fixture
def made(app) -> Iterator[FuzzFixtures]:
    with create_fixtures(app) as made:
        yield made


def find_faults(made: FuzzFixtures, input_name: str, value: str) -> list[str]:
    """Return the faults that the fuzzer finds with this value in this input."""
    tally = Tally()
    (input_,) = (each for each in find_inputs(made) if str(each) == input_name)
    Runner(made, tally).one(Case(input_, BY_NAME[value]))
    return [finding.fault for finding in tally.findings]


def inject(app, monkeypatch, endpoint: str, corrupt) -> None:
    view = app.view_functions[endpoint]

    @functools.wraps(view)
    def corrupted(*args, **options):
        try:
            answer = app.make_response(view(*args, **options))
        except Exception as error:
            answer = app.make_response(app.handle_user_exception(error))
        return corrupt(answer)

    monkeypatch.setitem(app.view_functions, endpoint, corrupted)


@pytest.mark.parametrize(
    ("endpoint", "corrupt", "input_name", "value", "message"),
    INJECTED,
    ids=[each[1].__name__ for each in INJECTED],
)
def test_the_fuzzer_finds_an_injected_fault(made, monkeypatch, endpoint, corrupt, input_name, value, message):
    assert find_faults(made, input_name, value) == []
    inject(made.app, monkeypatch, endpoint, corrupt)
    faults = find_faults(made, input_name, value)
    assert any(message in fault for fault in faults), faults


def test_the_fuzzer_finds_missing_security_headers(made, monkeypatch):
    monkeypatch.setattr("app.web.security_headers.HEADERS", [])
    faults = find_faults(made, NEW_COLLECTION, VALID_NAME)
    assert "comes without X-Content-Type-Options: nosniff" in faults
    assert any(fault.startswith("comes without Content-Security-Policy") for fault in faults)


def test_the_fuzzer_finds_a_route_without_authentication(made, monkeypatch):
    def fuzz_authorization() -> list[str]:
        return find_faults(made, "GET /api/users header:Authorization", "header: Basic")

    assert fuzz_authorization() == []
    unguarded = made.app.view_functions["users.list_users"].__wrapped__
    monkeypatch.setitem(made.app.view_functions, "users.list_users", unguarded)
    assert fuzz_authorization() == ["answers 200 OK, though it is no credential"]
