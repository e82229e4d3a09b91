"""There is no database: nobody listens, its file cannot be opened, its tables are not there."""

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

WITHOUT_IT = {"meta.openapi", "pages.docs"}


@pytest.fixture(
    params=[
        pytest.param("postgresql://spikecast:hunter2@127.0.0.1:1/spikecast", id="nobody listens"),
        pytest.param("sqlite:////dev/null/spikecast.db", id="no such file"),
        pytest.param("sqlite:///{folder}/letter.db", id="no database file"),
    ]
)
def away(request, tmp_path):
    """An app whose database is not there."""
    (tmp_path / "letter.db").write_text("Dear Ada, this is no database. " * 100)
    return short_timeout_app(settings_for(request.param.format(folder=tmp_path), tmp_path / "instance"))


@pytest.fixture
def somebody(away):
    """Somebody whose tokens were good when the database was last there."""
    with away.app_context():
        make = {"access_token": create_access_token, "refresh_token": create_refresh_token}
        claims = {"sid": "0123456789abcdef" * 2}
        tokens = {name: token("1", additional_claims=claims) for name, token in make.items()}
    return Caller(away, tokens=tokens)


def calls(app):
    """One call of every route and method of the API, as `method, path, endpoint`."""
    urls = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        arguments = {name: 1 if name.endswith("_id") else "performance" for name in rule.arguments}
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            yield method, urls.build(rule.endpoint, arguments, method), rule.endpoint


def test_every_route_of_the_api_that_needs_the_database_is_503(away, somebody):
    key = {"X-API-Key": key_format.generate()}
    refresh = {"Authorization": f"Bearer {somebody.tokens['refresh_token']}"}
    for method, path, endpoint in calls(away):
        if path.startswith("/api/") and endpoint not in WITHOUT_IT:
            by_key = away.view_functions[endpoint].access_rule is AccessRule.API_KEY
            headers = {"auth.refresh": refresh}.get(endpoint, key if by_key else {})
            body = None if method == "GET" else {"login": "ada", "password": PASSWORD}
            assert_unavailable(somebody.call(method, path, body, headers=headers))


def test_what_needs_no_database_is_still_served(away, somebody):
    assert somebody.get("/api/openapi.json").status_code == 200
    assert somebody.get("/api/docs").status_code == 200


def test_who_shows_no_credentials_is_still_refused_for_that(away):
    assert Caller(away).get("/api/collections").status_code == 401
    assert Poller(away, "spk_nonsense").poll("Truck 01").status_code == 401


def test_a_page_that_needs_the_database_says_that_it_is_away(away, somebody):
    pages = [
        path
        for method, path, _ in calls(away)
        if method == "GET" and not path.startswith(("/api/", "/static"))
    ]
    answers = {path: somebody.get(path) for path in pages}
    assert {answer.status_code for answer in answers.values()} <= {200, 302, 503}
    said = answers["/collections"]
    assert said.status_code == 503
    assert said.mimetype == "text/html"
    assert int(said.headers["Retry-After"]) > 0
    assert "The database is busy or unavailable." in said.text


def test_a_head_of_health_is_503_without_a_body(away):
    response = Caller(away).call("HEAD", "/api/health")
    assert (response.status_code, response.data) == (503, b"")


def test_the_log_says_what_the_database_said_in_one_line(away, caplog):
    assert_unavailable(Poller(away, key_format.generate()).poll("Truck 01\rCRITICAL all\u2028is lost"))
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


def test_a_database_that_comes_back_is_served_without_a_restart(own_database_url, tmp_path):
    app = short_timeout_app(settings_for(own_database_url, tmp_path / "instance"))
    assert_unavailable(Caller(app).get("/api/health"))
    startup.prepare(app)
    assert Caller(app).get("/api/health").status_code == 200
    with app.app_context():
        db.engine.dispose()
