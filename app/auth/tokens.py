"""Access and refresh tokens (JWT) of a sign-in."""

from datetime import timedelta
from typing import Any

import flask_jwt_extended as jwt_extended

from app.auth.service import SIGN_IN_LIFETIME
from app.models import Actor, SignIn, User

ACCESS_TOKEN_LIFETIME = timedelta(hours=1)


def issue_tokens(user: User, sign_in: SignIn) -> dict[str, Any]:
    """Return the access and refresh token of a new sign-in, as a script gets them."""
    refresh_token = jwt_extended.create_refresh_token(
        str(user.id), additional_claims={"sid": sign_in.id}, expires_delta=SIGN_IN_LIFETIME
    )
    return issue_access_token(user.actor, sign_in.id) | {"refresh_token": refresh_token}


def issue_access_token(actor: Actor, sign_in_id: str) -> dict[str, Any]:
    """Return a new access token of a sign-in."""
    token = jwt_extended.create_access_token(
        str(actor.user_id), additional_claims={"sid": sign_in_id}, expires_delta=ACCESS_TOKEN_LIFETIME
    )
    return {
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": int(ACCESS_TOKEN_LIFETIME.total_seconds()),
    }
