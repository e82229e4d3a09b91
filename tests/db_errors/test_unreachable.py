"""There is no database: the server does not listen, the file cannot be opened, or tables are missing."""

import pytest
from flask_jwt_extended import create_access_token, create_refresh_token

from app import startup
from app.core import key_format
from app.db.session import db
from app.web.access import AccessRule
from tests.conftest import settings_for
from tests.db_errors.conftest import short_timeout_app
from tests.support.client import Caller, Poller
from tests.support.db_failures import assert_unavailable
from tests.support.signing_in import PASSWORD

WITHOUT_DATABASE = {"meta.openapi", "pages.docs"}
RECEIVER_TOKEN = key_format.generate(key_format.RECEIVER_TOKEN)
WORDS = {"type_name": "performance", "token": RECEIVER_TOKEN}
"""What stands in the paths of routes for arguments that are no ids."""


@pytest.fixture(
    params=[
        pytest.param("postgresql://spikecast:hunter2@127.0.0.1:1/spikecast", id="no server"),
        pytest.param("sqlite:////dev/null/spikecast.db", id="no such file"),
        pytest.param("sqlite:///{folder}/letter.db", id="not a database"),
    ]
)
def unreachable_app(request, tmp_path):
    """Return an app whose database is unreachable."""
    (tmp_path / "letter.db").write_text("Dear Ada, this is no database. " * 100)
    return short_timeout_app(settings_for(request.param.format(folder=tmp_path), tmp_path / "instance"))


@pytest.fixture
def user(unreachable_app):
    """Return a user whose tokens were valid when the database was last reachable."""
    with unreachable_app.app_context():
        make = {"access_token": create_access_token, "refresh_token": create_refresh_token}
        claims = {"sid": "0123456789abcdef" * 2}
        tokens = {name: token("1", additional_claims=claims) for name, token in make.items()}
    return Caller(unreachable_app, tokens=tokens)


def list_calls(app):
    """Yield each method of each route, as `method, path, endpoint`."""
    urls = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        arguments = {name: 1 if name.endswith("_id") else WORDS.get(name, "x") for name in rule.arguments}
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            yield method, urls.build(rule.endpoint, arguments, method), rule.endpoint


def test_every_route_of_the_api_that_needs_the_database_is_503(unreachable_app, user):
    by_rule = {
        AccessRule.API_KEY: {"X-API-Key": key_format.generate()},
        AccessRule.RECEIVER: {"X-Spikecast-Token": RECEIVER_TOKEN},
    }
    refresh = {"Authorization": f"Bearer {user.tokens['refresh_token']}"}
    for method, path, endpoint in list_calls(unreachable_app):
        if path.startswith("/api/") and endpoint not in WITHOUT_DATABASE:
            own = by_rule.get(unreachable_app.view_functions[endpoint].access_rule, {})
            headers = {"auth.refresh": refresh}.get(endpoint, own)
            body = None if method == "GET" else {"login": "ada", "password": PASSWORD}
            assert_unavailable(user.call(method, path, body, headers=headers))


def test_routes_that_need_no_database_are_served(unreachable_app, user):
    assert user.get("/api/openapi.json").status_code == 200
    assert user.get("/api/docs").status_code == 200


def test_a_request_without_valid_credentials_is_401(unreachable_app):
    assert Caller(unreachable_app).get("/api/collections").status_code == 401
    assert Poller(unreachable_app, "spk_nonsense").poll("Truck 01").status_code == 401


def test_a_page_that_needs_the_database_is_503_with_an_explanation(unreachable_app, user):
    pages = [
        path
        for method, path, _ in list_calls(unreachable_app)
        if method == "GET" and not path.startswith(("/api/", "/static"))
    ]
    answers = {path: user.get(path) for path in pages}
    assert {answer.status_code for answer in answers.values()} <= {200, 302, 503}
    response = answers["/collections"]
    assert response.status_code == 503
    assert response.mimetype == "text/html"
    assert int(response.headers["Retry-After"]) > 0
    assert "The database is busy or unavailable." in response.text


def test_a_head_request_to_health_is_503_without_a_body(unreachable_app):
    response = Caller(unreachable_app).call("HEAD", "/api/health")
    assert (response.status_code, response.data) == (503, b"")


def test_a_database_error_is_logged_in_one_line_without_the_password(unreachable_app, caplog):
    assert_unavailable(
        Poller(unreachable_app, key_format.generate()).poll("Truck 01\rCRITICAL all\u2028is lost")
    )
    (record,) = caplog.records
    assert record.levelname == "WARNING"
    assert len(record.getMessage().splitlines()) == 1
    assert record.getMessage().startswith(
        r"Database error at '/api/data/Truck 01\rCRITICAL all\u2028is lost/performance': "
    )
    assert "hunter2" not in record.getMessage()
    assert record.exc_info is None


def test_a_database_without_tables_is_503(own_database_url, tmp_path):
    app = short_timeout_app(settings_for(own_database_url, tmp_path / "instance"))
    assert_unavailable(Caller(app).get("/api/health"))
    assert_unavailable(Caller(app).post("/api/auth/login", {"login": "ada", "password": PASSWORD}))
    assert_unavailable(Poller(app, key_format.generate()).poll("Truck 01"))
    with app.app_context():
        db.engine.dispose()


def test_a_database_that_becomes_available_is_used_without_a_restart(own_database_url, tmp_path):
    app = short_timeout_app(settings_for(own_database_url, tmp_path / "instance"))
    assert_unavailable(Caller(app).get("/api/health"))
    startup.prepare(app)
    assert Caller(app).get("/api/health").status_code == 200
    with app.app_context():
        db.engine.dispose()
