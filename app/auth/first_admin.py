"""Create the first Admin in the browser, with a one-time token from the server's log."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.auth.users import service as users_service
from app.core import key_format
from app.core.errors import Forbidden, NotFound
from app.db.session import db
from app.models import Role, SetUpToken, User

TOKEN_LIFETIME = timedelta(hours=24)


def create_setup_token(now: datetime) -> str:
    """Return a new token for the set-up page, and delete expired ones."""
    db.session.execute(sa.delete(SetUpToken).where(SetUpToken.expires_at <= now))
    token = secrets.token_urlsafe(24)
    db.session.add(SetUpToken(token_hash=key_format.hash_secret(token), expires_at=now + TOKEN_LIFETIME))
    return token


def create_first_admin(token: str, values: Mapping[str, str], now: datetime) -> User:
    """Create the first Admin, once: all tokens are deleted in the same transaction.

    Of several simultaneous requests, one deletes the token's row and the others find none.

    Raises:
        NotFound: There is a user already.
        Forbidden: The token is wrong or has expired.
    """
    every = sa.delete(SetUpToken).returning(SetUpToken.token_hash, SetUpToken.expires_at)
    tokens = {row.token_hash: row.expires_at for row in db.session.execute(every)}
    if User.exists():
        raise NotFound("Spikecast is set up already. Sign in instead.")
    expires_at = tokens.get(key_format.hash_secret(token.strip()))
    if expires_at is None or expires_at <= now:
        raise Forbidden("is wrong or has expired; restart Spikecast for a new one")
    return users_service.create_user(
        values["email"], values["username"], values["password"], Role.ADMIN, is_set_up=True
    )
