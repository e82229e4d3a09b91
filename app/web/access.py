"""Who may call what: each view says it by a decorator, and one hook enforces it before all else."""

from collections.abc import Callable
from copy import deepcopy
from enum import StrEnum
from typing import Any, cast

import flask_jwt_extended as jwt_extended
from flask import Flask, current_app, g, request
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt.exceptions import PyJWTError

from app import clock, database
from app.database import db
from app.errors import Forbidden, Unauthenticated
from app.models import Actor, SignIn

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
View = Callable[..., Any]


class Rule(StrEnum):
    """Who may call a route."""

    PUBLIC = "public"
    SIGNED_IN = "signed in"
    EDITOR = "Admin or Editor"
    ADMIN = "Admin"
    REFRESH = "refresh token"
    API_KEY = "API key"


def _decorator(rule: Rule) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        view.access_rule = rule  # type: ignore[attr-defined]
        # The rule also goes to where flask-smorest keeps what it documents of a view.
        apidoc = deepcopy(getattr(view, "_apidoc", {}))
        view._apidoc = apidoc | {"access": rule}  # type: ignore[attr-defined]
        return view

    return decorate


public = _decorator(Rule.PUBLIC)
signed_in = _decorator(Rule.SIGNED_IN)
editor = _decorator(Rule.EDITOR)
admin = _decorator(Rule.ADMIN)
with_refresh_token = _decorator(Rule.REFRESH)
with_api_key = _decorator(Rule.API_KEY)


def init_app(app: Flask) -> None:
    """Enforce the rule of every view; a view without one does not start."""
    public(cast(View, app.view_functions["static"]))
    app.before_request(enforce)


def check_rules(app: Flask) -> None:
    """Raise where a view forgot to say who may call it."""
    for endpoint, view in app.view_functions.items():
        if not hasattr(view, "access_rule"):
            raise RuntimeError(f"{endpoint} does not say who may call it")


def enforce() -> None:
    """Let the request through to its view, or refuse it: before its body is even read."""
    database.declare(writes=False)
    rule = rule_of(request.endpoint)
    if rule in (Rule.SIGNED_IN, Rule.EDITOR, Rule.ADMIN, Rule.REFRESH):
        g.actor = actor = _authenticate(refresh=rule is Rule.REFRESH)
        if (rule is Rule.ADMIN and not actor.is_admin) or (rule is Rule.EDITOR and not actor.may_write):
            raise Forbidden(f"As {actor.role} you may not do this; it takes {rule}.")
    database.declare(writes=request.method not in SAFE_METHODS)


def rule_of(endpoint: str | None) -> Rule | None:
    """The rule of an endpoint; None where there is no such address."""
    if endpoint is None:
        return None
    view: Any = current_app.view_functions[endpoint]
    return cast(Rule, view.access_rule)


def current_actor() -> Actor:
    """The person behind the request."""
    actor: Actor = g.actor
    return actor


def _authenticate(*, refresh: bool) -> Actor:
    try:
        jwt_extended.verify_jwt_in_request(refresh=refresh)
        claims = jwt_extended.get_jwt()
        actor = SignIn.actor_of(str(claims["sid"]), int(claims["sub"]), clock.now())
    except (JWTExtendedException, PyJWTError, KeyError, ValueError) as error:
        raise _refusal(error) from None
    # The read ends here: what the view writes must begin a transaction of its own.
    db.session.rollback()
    if actor is None:
        raise Unauthenticated("The sign-in has ended. Sign in again.", headers=CHALLENGE)
    return actor


CHALLENGE = {"WWW-Authenticate": 'Bearer realm="Spikecast"'}


def _refusal(error: Exception) -> Unauthenticated:
    if request.authorization is None and "Authorization" not in request.headers:
        return Unauthenticated("Sign in first: send Authorization: Bearer <token>.", headers=CHALLENGE)
    if "expired" in str(error).lower():
        return Unauthenticated("The token has expired. Refresh it or sign in again.", headers=CHALLENGE)
    return Unauthenticated("The token does not count here. Sign in again.", headers=CHALLENGE)
