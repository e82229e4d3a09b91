"""The sign-in of a browser: the token in a cookie that scripts cannot read, its CSRF token in one they can.

The token counts for 12 hours and is renewed while it is used; so it ends 12 idle hours after its last use,
without anything being written to the database.
"""

import hmac
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import flask_jwt_extended as jwt_extended
from flask import Flask, Request, Response, after_this_request, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_jwt_extended.exceptions import NoAuthorizationError

from app import clock
from app.errors import Forbidden

TOKEN, CSRF = "spikecast_session", "spikecast_csrf"
CODE_WANTED, CODE_WANTED_AT = "spikecast_code_wanted", "/sign-in"
LASTS = timedelta(hours=12)
RENEWED_AFTER = timedelta(minutes=10)
LONGEST_NOTED = 255  # of an Origin

CONFIG = {
    "JWT_TOKEN_LOCATION": ["headers", "cookies"],
    "JWT_COOKIE_CSRF_PROTECT": True,  # puts the claim `csrf` into every token
}


class FormSession(SecureCookieSessionInterface):
    """Flask's session, which holds the forms' CSRF secret: Secure wherever the request came by HTTPS.

    It costs nothing where there is no cookie and nobody asks for it.
    """

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """What the cookie holds."""
        if "HTTP_COOKIE" not in request.environ:
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send it where it was used."""
        if session.accessed or session.modified:
            super().save_session(app, session, response)

    def get_cookie_secure(self, _app: Flask) -> bool:
        """As the request is."""
        return request.is_secure


def init_app(app: Flask) -> None:
    """Keep what forms need in a cookie that costs the others nothing."""
    app.session_interface = FormSession()


def put(response: Response, user_id: int, sign_in_id: str) -> None:
    """Sign the browser in."""
    token = jwt_extended.create_access_token(
        str(user_id), additional_claims={"sid": sign_in_id}, expires_delta=LASTS
    )
    csrf = jwt_extended.get_csrf_token(token)
    for name, value, hidden in ((TOKEN, token, True), (CSRF, csrf, False)):
        response.set_cookie(
            name, value, max_age=LASTS, secure=request.is_secure, httponly=hidden, samesite="Lax"
        )


def clear(response: Response) -> None:
    """Sign the browser out."""
    for name in (TOKEN, CSRF):
        response.delete_cookie(name, secure=request.is_secure, samesite="Lax")


def put_code_wanted(response: Response, token: str, lasts: timedelta) -> None:
    """Let the browser come back with the code of a second factor. This is no sign-in."""
    response.set_cookie(
        CODE_WANTED,
        token,
        max_age=lasts,
        path=CODE_WANTED_AT,
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )


def code_wanted() -> str:
    """What the browser has come back with; empty where it has not."""
    return request.cookies.get(CODE_WANTED, "")


def clear_code_wanted(response: Response) -> None:
    """The code was taken, or is of no use any more."""
    response.delete_cookie(
        CODE_WANTED, path=CODE_WANTED_AT, secure=request.is_secure, httponly=True, samesite="Lax"
    )


def claims() -> dict[str, Any]:
    """The claims of the token that this request has in its cookie."""
    if TOKEN not in request.cookies:
        raise NoAuthorizationError
    found: dict[str, Any] = jwt_extended.decode_token(request.cookies[TOKEN])
    return found


def take(claims: dict[str, Any]) -> None:
    """Let the request be signed in by the cookie, whose claims these are; but not a write that comes
    from elsewhere than one of our own pages."""
    g.cookie_claims = claims
    after_this_request(keep_up)
    if request.method in {"GET", "HEAD"}:
        return
    sent, expected = request.headers.get("X-CSRF-TOKEN", ""), claims["csrf"]
    if not hmac.compare_digest(sent.encode(), expected.encode()):
        said = "The write came without the page's CSRF token. Load the page again."
        raise Forbidden(said, noted={"why": "no CSRF token"})
    origin = request.headers.get("Origin")
    if origin and not _is_ours(origin):
        said = "A page of another site may not do this with your sign-in."
        raise Forbidden(said, noted={"why": "a page of another site", "origin": origin[:LONGEST_NOTED]})


def _is_ours(origin: str) -> bool:
    try:
        return urlsplit(origin).netloc == request.host
    except ValueError:  # no address at all
        return False


def end() -> None:
    """Clear the cookies with the answer of this request, where it came with them."""
    g.signed_out = "cookie_claims" in g


def move_on(sign_in_id: str) -> None:
    """Let the browser go on with another sign-in, where it came with the cookies."""
    if "cookie_claims" in g:
        g.cookie_claims = {**g.cookie_claims, "sid": sign_in_id, "iat": 0}


def keep_up(response: Response) -> Response:
    """Renew a token that is in use, or clear the cookies of a sign-in that has been ended."""
    claims = g.get("cookie_claims")
    if g.get("signed_out"):
        clear(response)
    elif claims and clock.now().timestamp() - claims["iat"] >= RENEWED_AFTER.total_seconds():
        put(response, int(claims["sub"]), claims["sid"])
    return response
