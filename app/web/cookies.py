"""The sign-in of a browser: the token in a cookie that scripts cannot read, its CSRF token in one they can.

The token counts for 12 hours and is renewed while it is used; so it ends 12 idle hours after its last use,
without anything being written to the database.
"""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import flask_jwt_extended as jwt_extended
from flask import Flask, Request, Response, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin

from app import clock
from app.errors import Forbidden

TOKEN, CSRF = "spikecast_session", "spikecast_csrf"
LASTS = timedelta(hours=12)
RENEWED_AFTER = timedelta(minutes=10)

CONFIG = {
    "JWT_TOKEN_LOCATION": ["headers", "cookies"],
    "JWT_ACCESS_COOKIE_NAME": TOKEN,
    "JWT_ACCESS_CSRF_COOKIE_NAME": CSRF,
    "JWT_ACCESS_CSRF_HEADER_NAME": "X-CSRF-TOKEN",
    "JWT_COOKIE_CSRF_PROTECT": True,
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
    """Renew or clear the cookies where a request asks for it."""
    app.session_interface = FormSession()
    app.after_request(keep_up)


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


def note(claims: dict[str, Any]) -> None:
    """Remember that this request is signed in by the cookie, whose claims these are."""
    g.cookie_claims = claims
    origin = request.headers.get("Origin")
    if origin and request.method not in {"GET", "HEAD"} and urlsplit(origin).netloc != request.host:
        raise Forbidden("A page of another site may not do this with your sign-in.")


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
