"""The sign-in of a browser: the token in a cookie that scripts cannot read, its CSRF token in one they can.

The token counts for 12 hours and is renewed while it is used; so it ends 12 idle hours after its last use,
without anything being written to the database.
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
"""The names before they told of ports and HTTPS."""
_PORT = re.compile(r"(?<=:)[0-9]+\Z")
LIFETIME = timedelta(hours=12)
RENEW_AFTER = timedelta(minutes=10)
MAX_LOGGED_ORIGIN = 255  # of an Origin

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

    def get_cookie_name(self, _app: Flask) -> str:
        """As those of the sign-in are named."""
        return get_cookie_name(FORM_COOKIE)

    def get_cookie_path(self, _app: Flask) -> str:
        """Where Spikecast is served."""
        return get_cookie_path()


def init_app(app: Flask) -> None:
    """Keep what forms need in a cookie that costs the others nothing."""
    app.session_interface = FormSession()
    app.jinja_env.globals["csrf_cookie"] = lambda: get_cookie_name(CSRF_COOKIE)


def get_cookie_name(what: str) -> str:
    """Return the name of one of our cookies, for the request at hand.

    Browsers send cookies to every port of a host, so the port is in the name, or what SPIKECAST_COOKIE_NAME
    says: two instances on one host do not disturb each other. Over HTTPS the prefix has browsers refuse such
    a cookie from any other host: https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis
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
    """Sign the browser in."""
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
    """Sign the browser out."""
    for what in (TOKEN_COOKIE, CSRF_COOKIE):
        response.delete_cookie(
            get_cookie_name(what), path=get_cookie_path(), secure=request.is_secure, samesite="Lax"
        )
    _clear_legacy_cookies(response)


def _clear_legacy_cookies(response: Response) -> None:
    """Remove cookies of the former names, where the sign-in of this request was in one."""
    for what, name in LEGACY_NAMES.items():
        if g.get("came_by_former") and name != get_cookie_name(what):
            response.delete_cookie(name, secure=request.is_secure, samesite="Lax")


def set_pending_2fa_cookie(response: Response, token: str, lasts: timedelta) -> None:
    """Let the browser come back with the code of a second factor. This is no sign-in."""
    _set_sign_in_cookie(response, PENDING_2FA_COOKIE, token, lasts)


def _set_sign_in_cookie(response: Response, what: str, token: str, lasts: timedelta) -> None:
    """Set a cookie that goes to the sign-in alone."""
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
    """What the browser has come back with; empty where it has not."""
    return request.cookies.get(get_cookie_name(PENDING_2FA_COOKIE), "")


def clear_pending_2fa_cookie(response: Response) -> None:
    """The code was taken, or is of no use any more."""
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
    """Let the browser be known at its next sign-in. This is no sign-in."""
    _set_sign_in_cookie(response, DEVICE_COOKIE, token, DEVICE_LIFETIME)


def read_claims() -> dict[str, Any]:
    """The claims of the token that this request has in its cookie."""
    token = request.cookies.get(get_cookie_name(TOKEN_COOKIE))
    if token is None:
        return _read_legacy_claims()
    found: dict[str, Any] = jwt_extended.decode_token(token)
    return found


def _read_legacy_claims() -> dict[str, Any]:
    """Return the claims of a cookie of the former name, which is renewed under the present one at once.

    Only tokens that were made for it count, all of which have ended 12 hours after the change: whoever can
    write cookies for this host from elsewhere could otherwise sign a browser in as themselves.
    """
    with suppress(Exception):  # it may be another instance's: then nobody is signed in here
        found: dict[str, Any] = jwt_extended.decode_token(request.cookies[LEGACY_NAMES[TOKEN_COOKIE]])
        if "in" not in found and found["exp"] - found["iat"] == LIFETIME.total_seconds():
            g.came_by_former = True
            return found | {"iat": 0}
    raise NoAuthorizationError


def authenticate(claims: dict[str, Any]) -> None:
    """Let the request be signed in by the cookie, whose claims these are; but not a write that comes
    from elsewhere than one of our own pages."""
    g.cookie_claims = claims
    after_this_request(refresh)
    if request.method in {"GET", "HEAD"}:
        return
    sent, expected = request.headers.get("X-CSRF-TOKEN", ""), claims["csrf"]
    if not hmac.compare_digest(sent.encode(), expected.encode()):
        said = "The write came without the page's CSRF token. Load the page again."
        raise Forbidden(said, audit_details={"why": "no CSRF token"})
    origin = request.headers.get("Origin")
    if origin and not is_same_host(origin, request.host):
        said = "A page of another site may not do this with your sign-in."
        raise Forbidden(
            said, audit_details={"why": "a page of another site", "origin": origin[:MAX_LOGGED_ORIGIN]}
        )


def schedule_logout() -> None:
    """Clear the cookies with the answer of this request, where it came with them."""
    g.signed_out = "cookie_claims" in g


def rotate(sign_in_id: str) -> None:
    """Let the browser go on with another sign-in, where it came with the cookies."""
    if "cookie_claims" in g:
        g.cookie_claims = {**g.cookie_claims, "sid": sign_in_id, "iat": 0}


def refresh(response: Response) -> Response:
    """Renew a token that is in use, or clear the cookies of a sign-in that has been ended."""
    claims = g.get("cookie_claims")
    if g.get("signed_out"):
        clear_cookies(response)
    elif claims and clock.now().timestamp() - claims["iat"] >= RENEW_AFTER.total_seconds():
        set_cookies(response, int(claims["sub"]), claims["sid"])
    return response
