"""A fault of Spikecast itself."""

import pytest
import sqlalchemy as sa
from werkzeug.exceptions import ImATeapot

from app import create_app
from app.db.session import db
from app.models import Collection, User
from app.web.access import public
from tests.conftest import FAST_SETTINGS
from tests.support.client import Caller

SECRET = "what only the log may say"


@pytest.fixture
def faulty(app):
    """The app with routes that fail, on the database of the tests; as in production it does not propagate."""
    faulty = create_app(app.config["SETTINGS"], **FAST_SETTINGS)

    @faulty.route("/api/broken/<path:anything>", methods=["GET", "POST"])
    @public
    def broken(anything):
        raise RuntimeError(SECRET)

    @faulty.post("/api/half-done")
    @public
    def half_done():
        db.session.add(Collection(name="Half done", owner_id=db.session.scalar(sa.select(User.id))))
        db.session.flush()
        raise RuntimeError(SECRET)

    @faulty.get("/api/wrong-statement")
    @public
    def wrong_statement():
        db.session.execute(sa.text("SELECT nonsense(1)"))

    @faulty.get("/api/no-json")
    @public
    def no_json():
        return {"value": object()}

    @faulty.get("/api/teapot")
    @public
    def teapot():
        raise ImATeapot

    yield faulty
    with faulty.app_context():
        db.engine.dispose()


def internal_error(response):
    """An answer must say no more than that something went wrong."""
    assert response.status_code == 500
    assert response.content_type == "application/problem+json"
    assert response.json == {
        "type": "about:blank",
        "title": "Internal error",
        "status": 500,
        "detail": "Internal server error. The server's log has the details.",
    }


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_answer_is_problem_details_that_say_nothing_of_the_inside(faulty, method):
    internal_error(Caller(faulty).call(method, "/api/broken/x"))


def test_the_answer_has_the_headers_of_every_answer(faulty):
    headers = Caller(faulty).get("/api/broken/x").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"


def test_the_log_says_what_went_wrong_and_where(faulty, caplog):
    Caller(faulty).get("/api/broken/x")
    (record,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert record.getMessage() == "Unhandled error at GET '/api/broken/x'"
    assert SECRET in caplog.text
    assert "in broken" in caplog.text


def test_no_path_can_forge_a_line_of_the_log(faulty, caplog):
    Caller(faulty).get("/api/broken/x%0dCRITICAL all is lost")
    (record,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert record.getMessage() == r"Unhandled error at GET '/api/broken/x\rCRITICAL all is lost'"


def test_a_request_that_fails_half_way_leaves_nothing_behind(faulty, admin):
    internal_error(Caller(faulty).post("/api/half-done"))
    assert admin.get("/api/collections").json["total"] == 0
    assert admin.post("/api/collections", {"name": "Half done"}).status_code == 201


def test_a_statement_that_is_wrong_is_no_trouble_of_the_database(faulty):
    internal_error(Caller(faulty).get("/api/wrong-statement"))


def test_an_answer_that_is_no_json_is_a_fault_too(faulty):
    internal_error(Caller(faulty).get("/api/no-json"))


def test_any_other_http_error_is_problem_details(faulty):
    response = Caller(faulty).get("/api/teapot")
    assert response.content_type == "application/problem+json"
    assert (response.json["status"], response.json["title"].lower()) == (418, "i'm a teapot")


def test_a_fault_does_not_stop_what_comes_after_it(faulty, make):
    make.collection("Truck 01", {"value_type": "NUMBER_FIXED"})
    tool = make.key()
    for _ in range(20):
        internal_error(Caller(faulty).get("/api/broken/x"))
    tool.app = faulty
    assert tool.data("Truck 01")
