"""Who may call what: each view declares it with a decorator, and a wrapper checks it before all else."""

import re
from collections.abc import Callable
from copy import deepcopy
from enum import StrEnum
from functools import wraps
from typing import Any, cast

import flask_jwt_extended as jwt_extended
from flask import Flask, g, request
from flask_jwt_extended.exceptions import JWTExtendedException, NoAuthorizationError
from jwt.exceptions import PyJWTError

from app.core.client_address import parse_address
from app.core.errors import BEARER_CHALLENGE, Forbidden, Unauthenticated
from app.db import transactions
from app.db.session import db
from app.domain import audit
from app.models import Actor, Role, SignIn
from app.models.alert import MAX_DELIVERY_BYTES
from app.models.audit_actions import SubjectKind
from app.models.audit_subject import Subject
from app.web import browser_session, request_clock
from app.web.limits import CREDENTIALS_PATH, MAX_CREDENTIALS_BYTES

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
View = Callable[..., Any]
KIND_BY_PARAMETER = {
    "user_id": SubjectKind.USER,
    "key_id": SubjectKind.KEY,
    "receiver_id": SubjectKind.RECEIVER,
    "collection_id": SubjectKind.COLLECTION,
    "field_id": SubjectKind.FIELD,
    "spike_id": SubjectKind.SPIKE,
    "rehearsal_id": SubjectKind.REHEARSAL,
}
"""What the ids in a path refer to."""


class AccessRule(StrEnum):
    """Who may call a route."""

    PUBLIC = "public"
    SIGNED_IN = "signed in"
    EDITOR = "Admin or Editor"
    ADMIN = "Admin"
    REFRESH = "refresh token"
    API_KEY = "API key"
    RECEIVER = "token of a receiver"
    RECEIVER_ADDRESS = "token of a receiver, in the path"


def _decorator(rule: AccessRule) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        view.access_rule = rule  # type: ignore[attr-defined]
        # The rule also goes to where flask-smorest keeps what it documents of a view.
        apidoc = deepcopy(getattr(view, "_apidoc", {}))
        view._apidoc = apidoc | {"access": rule, "name": view.__name__}  # type: ignore[attr-defined]
        return view

    return decorate


public = _decorator(AccessRule.PUBLIC)
signed_in = _decorator(AccessRule.SIGNED_IN)
editor = _decorator(AccessRule.EDITOR)
admin = _decorator(AccessRule.ADMIN)
with_refresh_token = _decorator(AccessRule.REFRESH)
with_api_key = _decorator(AccessRule.API_KEY)
with_receiver_token = _decorator(AccessRule.RECEIVER)
with_receiver_token_in_path = _decorator(AccessRule.RECEIVER_ADDRESS)


def init_app(app: Flask) -> None:
    """Wrap every view with its access check.

    Raises:
        RuntimeError: A view declares no rule.
    """
    app.before_request(set_audit_context)
    app.teardown_request(clear_audit_context)
    public(cast(View, app.view_functions["static"]))
    for endpoint, view in app.view_functions.items():
        rule = get_access_rule(view)
        if rule is None:
            raise RuntimeError(f"{endpoint} has no access rule")
        if rule is not AccessRule.API_KEY:
            app.view_functions[endpoint] = with_access_check(view, rule)


def set_audit_context() -> None:
    """Set which client acts by which request, for the audit log."""
    ids = request.view_args or {}
    kind, id_ = next(
        ((kind, ids[name]) for name, kind in KIND_BY_PARAMETER.items() if name in ids), (None, None)
    )
    subject = Subject(kind, id_ or None)  # 0 stands for an id that no database could hold
    address = parse_address(request.remote_addr)
    audit.set_request_context(address, f"{request.method} {request.path}", subject)


def clear_audit_context(_error: BaseException | None) -> None:
    """End the client's context, so that nothing after the request is recorded as theirs."""
    audit.clear_context()


def with_access_check(view: View, rule: AccessRule) -> View:
    """Wrap a view with its access check, which runs before the body is read.

    Views with an API key or the token of a receiver check it themselves, in the query that also finds what is
    requested.
    """

    @wraps(view)
    def answer(**path: Any) -> Any:
        try:
            check_access(rule)
            return view(**path)
        finally:
            transactions.set_mode(writes=False)

    return answer


def check_access(rule: AccessRule) -> None:
    """Check that the caller may call the view; set the body limit, and whether the view writes.

    Raises:
        Forbidden: The caller's role is not sufficient.
    """
    transactions.set_mode(writes=False)
    if rule in (AccessRule.PUBLIC, AccessRule.REFRESH) or request.path.startswith(CREDENTIALS_PATH):
        request.max_content_length = MAX_CREDENTIALS_BYTES
    elif rule in (AccessRule.RECEIVER, AccessRule.RECEIVER_ADDRESS):
        request.max_content_length = MAX_DELIVERY_BYTES
    if rule in (AccessRule.SIGNED_IN, AccessRule.EDITOR, AccessRule.ADMIN, AccessRule.REFRESH):
        actor = _authenticate(refresh=rule is AccessRule.REFRESH)
        if (rule is AccessRule.ADMIN and not actor.is_admin) or (
            rule is AccessRule.EDITOR and not actor.may_write
        ):
            raise Forbidden(f"Only {_ALLOWED[rule]} can do this. You are {_describe_role(actor.role)}.")
    transactions.set_mode(writes=request.method not in SAFE_METHODS)


_ALLOWED = {AccessRule.ADMIN: "Admins", AccessRule.EDITOR: "Admins and Editors"}


def _describe_role(role: Role) -> str:
    return f"an {role}" if role[0] in "AE" else f"a {role}"


def get_access_rule(view: View) -> AccessRule | None:
    """Return who may call this view, or None if it does not say."""
    return getattr(view, "access_rule", None)


def current_actor() -> Actor:
    """Return the user who sent the request."""
    actor: Actor = g.actor
    return actor


def find_actor() -> Actor | None:
    """Return the user who sent the request, even if no view has checked that; None if nobody is signed in."""
    if "actor" in g:
        return current_actor()
    if request.method not in SAFE_METHODS:
        return None
    try:
        return _authenticate(refresh=False)
    except Unauthenticated:
        return None


def _authenticate(*, refresh: bool) -> Actor:
    by_header = "Authorization" in request.headers
    try:
        claims = _read_header_claims() if by_header else browser_session.read_claims()
        if claims["type"] != ("refresh" if refresh else "access"):
            raise ValueError("wrong type of token")
        actor = SignIn.get_actor(str(claims["sid"]), int(claims["sub"]), request_clock.now())
    except (JWTExtendedException, PyJWTError, KeyError, ValueError) as error:
        raise _to_unauthenticated(error) from None
    # The read ends here: what the view writes must begin a transaction of its own.
    db.session.rollback()
    if actor is None:
        raise Unauthenticated("The sign-in has ended. Sign in again.", headers=BEARER_CHALLENGE)
    g.actor = actor
    audit.set_actor(actor)
    if not by_header:
        browser_session.authenticate(claims)
    return actor


def _read_header_claims() -> dict[str, Any]:
    """Return the claims of the token in the Authorization header.

    Raises:
        NoAuthorizationError: The header holds no Bearer token.
    """
    sent = _BEARER.fullmatch(request.headers["Authorization"])
    if sent is None:
        raise NoAuthorizationError
    return jwt_extended.decode_token(sent[1])


_BEARER = re.compile(r"\s*bearer\s+(\S+)\s*", re.IGNORECASE)


def _to_unauthenticated(error: Exception) -> Unauthenticated:
    if isinstance(error, NoAuthorizationError):
        return Unauthenticated(
            "Authentication required. Send Authorization: Bearer <token>.", headers=BEARER_CHALLENGE
        )
    if "expired" in str(error).lower():
        return Unauthenticated(
            "The token has expired. Refresh it or sign in again.", headers=BEARER_CHALLENGE
        )
    return Unauthenticated("Invalid token. Sign in again.", headers=BEARER_CHALLENGE)
