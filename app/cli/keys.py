"""Commands for API keys."""

from datetime import datetime

import click
import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.auth.api_keys import service as keys_service
from app.cli.support import with_database
from app.core import clock
from app.db.session import MAX_ID, db
from app.models import ApiKey

ROW = "{:>5}  {:<14} {:<20} {:<8} {:<17} {:<17} {}"


@click.command("list-keys")
@with_database
def list_keys() -> str:
    """List all API keys."""
    query = sa.select(ApiKey).options(joinedload(ApiKey.user)).order_by(ApiKey.id)
    keys = db.session.scalars(query).all()
    heading = ROW.format("ID", "KEY", "OWNER", "STATUS", "LAST USED (UTC)", "EXPIRES (UTC)", "LABEL")
    return "\n".join([heading, *map(_format_key, keys), f"{len(keys)} key{'' if len(keys) == 1 else 's'}"])


def _format_key(key: ApiKey) -> str:
    return ROW.format(
        key.id,
        f"{key.prefix}…",
        key.user.username[:20],
        key.status(clock.now()),
        _format_minute(key.last_used_at),
        _format_minute(key.expires_at),
        key.label,
    )


def _format_minute(instant: datetime | None) -> str:
    return instant.strftime("%Y-%m-%d %H:%M") if instant else "never"


@click.command("revoke-key")
@click.argument("key_id", type=click.IntRange(1, MAX_ID))
@with_database
def revoke_key(key_id: int) -> str:
    """Revoke an API key by its id, permanently."""
    key = _get_key(key_id)
    keys_service.revoke_key(key, clock.now())
    return f"Revoked {key.prefix}… ({key.label})."


def _get_key(key_id: int) -> ApiKey:
    """Return the key with this id.

    Raises:
        ClickException: there is none.
    """
    key = db.session.get(ApiKey, key_id)
    if key is None:
        raise click.ClickException(f"There is no API key {key_id}. See list-keys.")
    return key
