"""Sign-in, sign-out and one's own account, as JSON."""

from typing import Any

from flask import request

from app.auth import account_service, service, tokens
from app.auth.attempts import Client
from app.auth.schemas import AccessTokenOut, ChangeEmailIn, ChangePasswordIn, LoginIn, SignInsOut, TokensOut
from app.auth.users import service as users_service
from app.auth.users.schemas import UserOut
from app.core import clock
from app.core.client_address import parse_address
from app.db.session import db
from app.models import SignIn, User
from app.web import browser_session
from app.web.access import current_actor, public, signed_in, with_refresh_token
from app.web.openapi import Blueprint, documents_errors

blp = Blueprint(
    "auth", __name__, url_prefix="/api/auth", description="Sign-in, sign-out and your own account"
)


def get_client() -> Client:
    """Return where the request came from."""
    return Client(parse_address(request.remote_addr).text, request.user_agent.string)


@blp.route("/login", methods=["POST"])
@blp.response(200, TokensOut)
@public
@documents_errors(401, 409, 429)
@blp.arguments(LoginIn)
def login(values: dict[str, Any]) -> dict[str, Any]:
    """Sign in.

    The access token is valid for an hour, the sign-in for 30 days. Renew the access token with the refresh
    token.

    For a user with two-factor sign-in, a correct password without a `code` returns 401 with the type
    `urn:spikecast:problem:second-factor-required`. A wrong code returns 401 with the type
    `urn:spikecast:problem:wrong-code`. Each code is valid once.
    """
    user, sign_in = service.sign_in(
        values["login"], values["password"], values.get("code"), get_client(), clock.now()
    )
    db.session.commit()
    return tokens.issue_tokens(user, sign_in) | {"user": user}


@blp.route("/refresh", methods=["POST"])
@blp.response(200, AccessTokenOut)
@with_refresh_token
def refresh() -> dict[str, Any]:
    """Exchange the refresh token for a new access token."""
    actor = current_actor()
    return tokens.issue_access_token(actor, actor.sign_in_id)


@blp.route("/logout", methods=["POST"])
@blp.response(204)
@signed_in
def logout() -> None:
    """Sign out. Revoke the access and refresh tokens of this sign-in immediately."""
    service.sign_out(current_actor())
    db.session.commit()
    browser_session.schedule_logout()


@blp.route("/me", methods=["GET"])
@blp.response(200, UserOut)
@signed_in
def me() -> User:
    """Return the user who is signed in."""
    return users_service.get_user(current_actor().user_id)


@blp.route("/change-password", methods=["POST"])
@blp.response(200, TokensOut)
@signed_in
@documents_errors(409, 429)
@blp.arguments(ChangePasswordIn)
def change_password(values: dict[str, Any]) -> dict[str, Any]:
    """Change your own password.

    This revokes all your tokens immediately, including the one of this request. The response contains the
    tokens of a new sign-in. Your API keys stay valid, unless `revoke_api_keys` is true.
    """
    current, new, code = values["current_password"], values["new_password"], values.get("code")
    user, sign_in = account_service.change_password(
        current_actor(),
        current,
        new,
        code,
        get_client(),
        clock.now(),
        revoke_keys=values["revoke_api_keys"],
    )
    db.session.commit()
    browser_session.rotate(sign_in.id)
    return tokens.issue_tokens(user, sign_in) | {"user": user}


@blp.route("/change-email", methods=["POST"])
@blp.response(200, UserOut)
@signed_in
@documents_errors(409, 429)
@blp.arguments(ChangeEmailIn)
def change_email(values: dict[str, Any]) -> User:
    """Change your own e-mail address. Your sign-ins stay valid."""
    user = account_service.change_email(
        current_actor(),
        values["current_password"],
        values["email"],
        values.get("code"),
        get_client(),
        clock.now(),
    )
    db.session.commit()
    return user


@blp.route("/sign-ins", methods=["GET"])
@blp.response(200, SignInsOut)
@signed_in
def list_sign_ins() -> dict[str, Any]:
    """List your own sign-ins."""
    actor = current_actor()
    return {"items": [(each, actor) for each in SignIn.load_all(actor.user_id, clock.now())]}


@blp.route("/sign-ins/<sign_in_id>", methods=["DELETE"])
@blp.response(204)
@signed_in
@documents_errors(404)
def end_sign_in(sign_in_id: str) -> None:
    """End one of your sign-ins and revoke its tokens immediately."""
    actor = current_actor()
    service.end_sign_in(actor, sign_in_id)
    db.session.commit()
    if sign_in_id == actor.sign_in_id:
        browser_session.schedule_logout()


@blp.route("/sign-ins/end-others", methods=["POST"])
@blp.response(204)
@signed_in
def end_other_sign_ins() -> None:
    """End all your sign-ins except the one of this request."""
    service.end_other_sign_ins(current_actor())
    db.session.commit()
