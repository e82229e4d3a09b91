"""API keys, from the command line."""

from datetime import datetime

import click
import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.auth.api_keys import service as keys_service
from app.cli.support import on_the_database
from app.core import clock
from app.db.session import MAX_ID, db
from app.models import ApiKey

ROW = "{:>5}  {:<14} {:<20} {:<8} {:<17} {:<17} {}"


@click.command("list-keys")
@on_the_database
def list_keys() -> str:
    """List all API keys."""
    every = sa.select(ApiKey).options(joinedload(ApiKey.user)).order_by(ApiKey.id)
    keys = db.session.scalars(every).all()
    heading = ROW.format("ID", "KEY", "OWNER", "STATUS", "LAST USED (UTC)", "EXPIRES (UTC)", "LABEL")
    return "\n".join([heading, *map(_row, keys), f"{len(keys)} key{'' if len(keys) == 1 else 's'}"])


def _row(key: ApiKey) -> str:
    return ROW.format(
        key.id,
        f"{key.prefix}…",
        key.user.username[:20],
        key.status(clock.now()),
        _minute(key.last_used_at),
        _minute(key.expires_at),
        key.label,
    )


def _minute(instant: datetime | None) -> str:
    return instant.strftime("%Y-%m-%d %H:%M") if instant else "never"


@click.command("revoke-key")
@click.argument("key_id", type=click.IntRange(1, MAX_ID))
@on_the_database
def revoke_key(key_id: int) -> str:
    """Revoke an API key by its id: it ends at once and for good."""
    key = db.session.get(ApiKey, key_id)
    if key is None:
        raise click.ClickException(f"There is no API key {key_id}; see list-keys.")
    keys_service.revoke_key(key, clock.now())
    return f"Revoked {key.prefix}… ({key.label})."
