"""The sign-in of a browser: a token in an HttpOnly cookie, and its CSRF token in a readable one.

The token is valid for 12 hours and renewed while in use, so it expires 12 idle hours after its last use,
without any write to the database.
"""

import hmac
import re
import secrets
from contextlib import suppress
from datetime import timedelta
from typing import Any

import flask_jwt_extended as jwt_extended
from flask import Flask, Request, Response, after_this_request, current_app, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_jwt_extended.exceptions import NoAuthorizationError

from app.core import clock
from app.core.errors import Forbidden
from app.web.origins import is_same_host

TOKEN_COOKIE, CSRF_COOKIE, PENDING_2FA_COOKIE, DEVICE_COOKIE, FORM_COOKIE = (
    "session",
    "csrf",
    "code_wanted",
    "device",
    "form",
)
SIGN_IN_PATH = "/sign-in"
DEVICE_LIFETIME = timedelta(days=180)
LEGACY_NAMES = {TOKEN_COOKIE: "spikecast_session", CSRF_COOKIE: "spikecast_csrf"}
"""Cookie names from before they contained the port and the HTTPS prefix."""
_PORT = re.compile(r"(?<=:)[0-9]+\Z")
LIFETIME = timedelta(hours=12)
RENEW_AFTER = timedelta(minutes=10)
MAX_LOGGED_ORIGIN = 255  # of an Origin

CONFIG = {
    "JWT_TOKEN_LOCATION": ["headers", "cookies"],
    "JWT_COOKIE_CSRF_PROTECT": True,  # puts the claim `csrf` into every token
}


class FormSession(SecureCookieSessionInterface):
    """Flask's session, which holds the CSRF secret of forms; Secure wherever the request came by HTTPS.

    It costs nothing where there is no cookie and nobody reads it.
    """

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the content of the cookie."""
        if "HTTP_COOKIE" not in request.environ:
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send the cookie if the session was used."""
        if session.accessed or session.modified:
            super().save_session(app, session, response)

    def get_cookie_secure(self, _app: Flask) -> bool:
        """Return whether the request came by HTTPS."""
        return request.is_secure

    def get_cookie_name(self, _app: Flask) -> str:
        """Return a name like those of the sign-in cookies."""
        return get_cookie_name(FORM_COOKIE)

    def get_cookie_path(self, _app: Flask) -> str:
        """Return the path below which Spikecast is served."""
        return get_cookie_path()


def init_app(app: Flask) -> None:
    """Keep the CSRF secret of forms in our own session cookie."""
    app.session_interface = FormSession()
    app.jinja_env.globals["csrf_cookie"] = lambda: get_cookie_name(CSRF_COOKIE)


def get_cookie_name(what: str) -> str:
    """Return the name of one of our cookies for this request.

    Browsers send cookies to every port of a host, so the name contains the port or SPIKECAST_COOKIE_NAME: two
    instances on one host do not interfere. Over HTTPS, the prefix makes browsers refuse such a cookie from
    any other host: https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis
    """
    begin = current_app.config["SETTINGS"].cookie_name
    if not begin:
        port = _PORT.search(request.host)
        begin = f"spikecast_{port[0]}" if port else "spikecast"
    if not request.is_secure:
        return f"{begin}_{what}"
    prefix = (
        "__Host-"
        if get_cookie_path() == "/" and what not in {PENDING_2FA_COOKIE, DEVICE_COOKIE}
        else "__Secure-"
    )
    return f"{prefix}{begin}_{what}"


def get_cookie_path() -> str:
    """Return the path of cookies: the one below which Spikecast is served."""
    return request.script_root or "/"


def set_cookies(response: Response, user_id: int, sign_in_id: str) -> None:
    """Set the cookies that sign the browser in."""
    token = jwt_extended.create_access_token(
        str(user_id), additional_claims={"sid": sign_in_id, "in": "cookie"}, expires_delta=LIFETIME
    )
    csrf = jwt_extended.get_csrf_token(token)
    for what, value, hidden in ((TOKEN_COOKIE, token, True), (CSRF_COOKIE, csrf, False)):
        response.set_cookie(
            get_cookie_name(what),
            value,
            max_age=LIFETIME,
            path=get_cookie_path(),
            secure=request.is_secure,
            httponly=hidden,
            samesite="Lax",
        )
    _clear_legacy_cookies(response)


def clear_cookies(response: Response) -> None:
    """Delete the cookies that sign the browser in."""
    for what in (TOKEN_COOKIE, CSRF_COOKIE):
        response.delete_cookie(
            get_cookie_name(what), path=get_cookie_path(), secure=request.is_secure, samesite="Lax"
        )
    _clear_legacy_cookies(response)


def _clear_legacy_cookies(response: Response) -> None:
    """Delete cookies with legacy names, if this request was signed in by one."""
    for what, name in LEGACY_NAMES.items():
        if g.get("came_by_former") and name != get_cookie_name(what):
            response.delete_cookie(name, secure=request.is_secure, samesite="Lax")


def set_pending_2fa_cookie(response: Response, token: str, lasts: timedelta) -> None:
    """Set the cookie with which the browser sends the code of its second factor. It is no sign-in."""
    _set_sign_in_cookie(response, PENDING_2FA_COOKIE, token, lasts)


def _set_sign_in_cookie(response: Response, what: str, token: str, lasts: timedelta) -> None:
    """Set a cookie that is sent to the sign-in page only."""
    response.set_cookie(
        get_cookie_name(what),
        token,
        max_age=lasts,
        path=request.script_root + SIGN_IN_PATH,
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )


def get_pending_2fa_token() -> str:
    """Return the token of a pending sign-in, or an empty text."""
    return request.cookies.get(get_cookie_name(PENDING_2FA_COOKIE), "")


def clear_pending_2fa_cookie(response: Response) -> None:
    """Delete the cookie of a pending sign-in."""
    response.delete_cookie(
        get_cookie_name(PENDING_2FA_COOKIE),
        path=request.script_root + SIGN_IN_PATH,
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )


def get_device_token() -> str:
    """Return the token by which this browser is known from earlier sign-ins, or a new one."""
    sent = request.cookies.get(get_cookie_name(DEVICE_COOKIE), "")
    return sent if _DEVICE_TOKEN.fullmatch(sent) else secrets.token_urlsafe(32)


_DEVICE_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def set_device_cookie(response: Response, token: str) -> None:
    """Set the cookie by which this browser is known at its next sign-in. It is no sign-in."""
    _set_sign_in_cookie(response, DEVICE_COOKIE, token, DEVICE_LIFETIME)


def read_claims() -> dict[str, Any]:
    """Return the claims of the token in this request's cookie."""
    token = request.cookies.get(get_cookie_name(TOKEN_COOKIE))
    if token is None:
        return _read_legacy_claims()
    claims: dict[str, Any] = jwt_extended.decode_token(token)
    return claims


def _read_legacy_claims() -> dict[str, Any]:
    """Return the claims of a cookie with the legacy name, which is at once renewed under the present one.

    Only tokens made for that name are accepted, all of which expired 12 hours after the change. Otherwise,
    anybody who can write cookies for this host could sign a browser in as themselves.

    Raises:
        NoAuthorizationError: There is no such cookie, or its token is not accepted.
    """
    with suppress(Exception):  # it may belong to another instance
        claims: dict[str, Any] = jwt_extended.decode_token(request.cookies[LEGACY_NAMES[TOKEN_COOKIE]])
        if "in" not in claims and claims["exp"] - claims["iat"] == LIFETIME.total_seconds():
            g.came_by_former = True
            return claims | {"iat": 0}
    raise NoAuthorizationError


def authenticate(claims: dict[str, Any]) -> None:
    """Sign the request in by the claims of its cookie, unless it is a write from another site.

    Raises:
        Forbidden: A write lacks the CSRF token, or comes from a page of another site.
    """
    g.cookie_claims = claims
    after_this_request(refresh)
    if request.method in {"GET", "HEAD"}:
        return
    sent, expected = request.headers.get("X-CSRF-TOKEN", ""), claims["csrf"]
    if not hmac.compare_digest(sent.encode(), expected.encode()):
        detail = "The CSRF token is missing or wrong. Reload the page."
        raise Forbidden(detail, audit_details={"why": "no CSRF token"})
    origin = request.headers.get("Origin")
    if origin and not is_same_host(origin, request.host):
        detail = "Pages of other sites cannot use your sign-in."
        raise Forbidden(
            detail, audit_details={"why": "a page of another site", "origin": origin[:MAX_LOGGED_ORIGIN]}
        )


def schedule_logout() -> None:
    """Delete the cookies with this response, if the request came with them."""
    g.signed_out = "cookie_claims" in g


def rotate(sign_in_id: str) -> None:
    """Continue with another sign-in, if the request came with cookies."""
    if "cookie_claims" in g:
        g.cookie_claims = {**g.cookie_claims, "sid": sign_in_id, "iat": 0}


def refresh(response: Response) -> Response:
    """Renew a token in use, or delete the cookies of an ended sign-in."""
    claims = g.get("cookie_claims")
    if g.get("signed_out"):
        clear_cookies(response)
    elif claims and clock.now().timestamp() - claims["iat"] >= RENEW_AFTER.total_seconds():
        set_cookies(response, int(claims["sub"]), claims["sid"])
    return response
