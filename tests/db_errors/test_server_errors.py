"""Internal errors of Spikecast."""

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
def failing_app(app):
    """Yield an app with routes that fail; as in production, it does not propagate exceptions."""
    failing_app = create_app(app.config["SETTINGS"], **FAST_SETTINGS)

    @failing_app.route("/api/broken/<path:anything>", methods=["GET", "POST"])
    @public
    def broken(anything):
        raise RuntimeError(SECRET)

    @failing_app.post("/api/half-done")
    @public
    def half_done():
        db.session.add(Collection(name="Half done", owner_id=db.session.scalar(sa.select(User.id))))
        db.session.flush()
        raise RuntimeError(SECRET)

    @failing_app.get("/api/wrong-statement")
    @public
    def wrong_statement():
        db.session.execute(sa.text("SELECT nonsense(1)"))

    @failing_app.get("/api/no-json")
    @public
    def no_json():
        return {"value": object()}

    @failing_app.get("/api/teapot")
    @public
    def teapot():
        raise ImATeapot

    yield failing_app
    with failing_app.app_context():
        db.engine.dispose()


def assert_internal_error(response):
    """Check that a response says no more than that an internal error occurred."""
    assert response.status_code == 500
    assert response.content_type == "application/problem+json"
    assert response.json == {
        "type": "about:blank",
        "title": "Internal error",
        "status": 500,
        "detail": "Internal server error. The server's log has the details.",
    }


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_internal_error_is_problem_details_without_internals(failing_app, method):
    assert_internal_error(Caller(failing_app).call(method, "/api/broken/x"))


def test_an_internal_error_has_the_headers_of_every_response(failing_app):
    headers = Caller(failing_app).get("/api/broken/x").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"


def test_an_internal_error_is_logged_with_its_traceback(failing_app, caplog):
    Caller(failing_app).get("/api/broken/x")
    (record,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert record.getMessage() == "Unhandled error at GET '/api/broken/x'"
    assert SECRET in caplog.text
    assert "in broken" in caplog.text


def test_a_path_cannot_forge_a_log_line(failing_app, caplog):
    Caller(failing_app).get("/api/broken/x%0dCRITICAL all is lost")
    (record,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert record.getMessage() == r"Unhandled error at GET '/api/broken/x\rCRITICAL all is lost'"


def test_a_request_that_fails_halfway_is_rolled_back(failing_app, admin):
    assert_internal_error(Caller(failing_app).post("/api/half-done"))
    assert admin.get("/api/collections").json["total"] == 0
    assert admin.post("/api/collections", {"name": "Half done"}).status_code == 201


def test_an_invalid_statement_is_an_internal_error(failing_app):
    assert_internal_error(Caller(failing_app).get("/api/wrong-statement"))


def test_a_response_that_cannot_be_serialized_is_an_internal_error(failing_app):
    assert_internal_error(Caller(failing_app).get("/api/no-json"))


def test_any_other_http_error_is_problem_details(failing_app):
    response = Caller(failing_app).get("/api/teapot")
    assert response.content_type == "application/problem+json"
    assert (response.json["status"], response.json["title"].lower()) == (418, "i'm a teapot")


def test_polls_work_after_internal_errors(failing_app, make):
    make.collection("Truck 01", {"value_type": "NUMBER_FIXED"})
    tool = make.key()
    for _ in range(20):
        assert_internal_error(Caller(failing_app).get("/api/broken/x"))
    tool.app = failing_app
    assert tool.data("Truck 01")
