"""What app/__init__.py and app/web rely on inside Flask, Werkzeug and flask-jwt-extended."""

import inspect
from datetime import timedelta

import flask_jwt_extended as jwt_extended
import pytest
from flask import Flask, request
from flask.globals import request_ctx
from flask.json.provider import JSONProvider
from flask.sessions import SecureCookieSessionInterface
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt.exceptions import ExpiredSignatureError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request


def test_flask_wraps_every_view_with_ensure_sync():
    """Spikecast overrides it to return the function unchanged, because no view is a coroutine."""
    seen = []

    class App(Flask):
        def ensure_sync(self, func):
            seen.append(func.__name__)
            return func

    app = App(__name__)

    @app.route("/")
    def shown():
        return "x"

    assert app.test_client().get("/").data == b"x"
    assert "shown" in seen


def test_flask_raises_routing_errors_only_after_the_before_request_hooks():
    """Therefore the audit context and error pages know the request of a 404, too."""
    app, seen = Flask(__name__), []
    app.before_request(lambda: seen.append((request.path, request.view_args)))
    assert app.test_client().get("/nowhere").status_code == 404
    assert seen == [("/nowhere", None)]


def test_flask_runs_teardown_hooks_after_the_error_handlers():
    app, seen = Flask(__name__), []
    app.register_error_handler(404, lambda _error: (seen.append("handler"), ("", 404))[1])
    app.teardown_request(lambda _error: seen.append("teardown"))
    app.test_client().get("/nowhere")
    assert seen == ["handler", "teardown"]


def test_a_request_context_has_a_url_adapter():
    app = Flask(__name__)
    with app.test_request_context("/"):
        assert request_ctx.url_adapter is not None


def test_a_json_provider_returns_the_object_that_jsonify_serializes():
    provider = JSONProvider(Flask(__name__))
    assert provider._prepare_response_obj(({"a": 1},), {}) == {"a": 1}
    assert provider._prepare_response_obj((), {"a": 1}) == {"a": 1}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("open_session", ["self", "app", "request"]),
        ("save_session", ["self", "app", "session", "response"]),
        ("get_cookie_secure", ["self", "app"]),
        ("get_cookie_name", ["self", "app"]),
        ("get_cookie_path", ["self", "app"]),
    ],
)
def test_a_session_interface_has_the_methods_that_spikecast_overrides(name, expected):
    method = getattr(SecureCookieSessionInterface, name)
    assert list(inspect.signature(method).parameters) == expected


def test_a_request_body_above_max_content_length_raises_413():
    """Spikecast overrides `stream` to refuse a chunked body beyond the limit instead of truncating it."""
    assert type(vars(Request)["stream"]).__name__ == "cached_property"
    with Flask(__name__).test_request_context("/", data=b"12345", method="POST"):
        request.max_content_length = 3
        assert request.max_content_length == 3
        with pytest.raises(HTTPException) as caught:
            request.get_data()
        assert caught.value.code == 413


@pytest.fixture
def jwt_app() -> Flask:
    app = Flask(__name__)
    app.config.update(JWT_SECRET_KEY="x" * 32, JWT_COOKIE_CSRF_PROTECT=True, JWT_TOKEN_LOCATION=["cookies"])
    jwt_extended.JWTManager(app)
    return app


def test_a_token_contains_the_claims_by_which_sessions_are_found(jwt_app):
    with jwt_app.app_context():
        token = jwt_extended.create_access_token("7", additional_claims={"sid": "s"})
        claims = jwt_extended.decode_token(token)
        assert (claims["sub"], claims["sid"], claims["type"]) == ("7", "s", "access")
        assert {"iat", "exp", "csrf"} <= claims.keys()
        assert jwt_extended.get_csrf_token(token) == claims["csrf"]


def test_a_refresh_token_has_the_type_refresh(jwt_app):
    with jwt_app.app_context():
        token = jwt_extended.create_refresh_token("7")
        assert jwt_extended.decode_token(token)["type"] == "refresh"


def test_decoding_an_expired_token_raises_an_error_that_says_expired(jwt_app):
    """`access` tells it from other invalid tokens by that word."""
    with jwt_app.app_context():
        token = jwt_extended.create_access_token("7", expires_delta=timedelta(seconds=-5))
        with pytest.raises(ExpiredSignatureError, match="expired"):
            jwt_extended.decode_token(token)


def test_token_errors_have_a_common_base_class():
    assert issubclass(jwt_extended.exceptions.NoAuthorizationError, JWTExtendedException)
