"""Signing in and out, for scripts."""

from typing import Any

from flask import request

from app import clock
from app.auth import service
from app.auth.schemas import AccessTokenOut, ChangePasswordIn, LoginIn, TokensOut, UserOut
from app.database import db
from app.models import User
from app.web.access import current_actor, public, signed_in, with_refresh_token
from app.web.openapi import Blueprint, refuses

blp = Blueprint("auth", __name__, url_prefix="/api/auth", description="Signing in and out")


def this_client() -> service.Client:
    """Where the request came from."""
    return service.Client(request.remote_addr or "unknown", request.user_agent.string)


@blp.route("/login", methods=["POST"])
@blp.response(200, TokensOut)
@public
@refuses(401, 429)
@blp.arguments(LoginIn)
def login(values: dict[str, Any]) -> dict[str, Any]:
    """Sign in.

    The access token lasts an hour, the sign-in 30 days: renew the access token with the refresh token.
    """
    user, tokens = service.sign_in(values["login"], values["password"], this_client(), clock.now())
    db.session.commit()
    return tokens | {"user": user}


@blp.route("/refresh", methods=["POST"])
@blp.response(200, AccessTokenOut)
@with_refresh_token
def refresh() -> dict[str, Any]:
    """Get a fresh access token for the refresh token."""
    actor = current_actor()
    return service.access_token(actor, actor.sign_in_id)


@blp.route("/logout", methods=["POST"])
@blp.response(204)
@signed_in
def logout() -> None:
    """Sign out: the access and refresh tokens of this sign-in end at once."""
    service.sign_out(current_actor())
    db.session.commit()


@blp.route("/me", methods=["GET"])
@blp.response(200, UserOut)
@signed_in
def me() -> User:
    """See who is signed in."""
    return service.get_user(current_actor().user_id)


@blp.route("/change-password", methods=["POST"])
@blp.response(200, TokensOut)
@signed_in
@refuses(429)
@blp.arguments(ChangePasswordIn)
def change_password(values: dict[str, Any]) -> dict[str, Any]:
    """Change one's own password.

    Every token of yours ends at once, this one included; the answer has those of a new sign-in.
    """
    user, tokens = service.change_password(
        current_actor(), values["current_password"], values["new_password"], this_client(), clock.now()
    )
    db.session.commit()
    return tokens | {"user": user}
