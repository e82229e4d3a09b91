"""Places from which somebody has signed in, and the audit log's entries by what they are kept with."""

import ipaddress

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


PEOPLE = (
    "sign-in",
    "sign-out",
    "end-sign-in",
    "end-other-sign-ins",
    "change-password",
    "change-email",
    "use-recovery-code",
    "turn-on-two-factor",
    "turn-off-two-factor",
    "new-recovery-codes",
    "reset-two-factor",
    "set-up",
    "create-user",
    "change-user",
    "delete-user",
    "create-key",
    "change-key",
    "revoke-key",
    "delete-key",
    "restore",
)


def upgrade() -> None:
    op.create_table(
        "known_places",
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("place", sa.String(80), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "place"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
    )
    op.add_column("sign_in_failures", sa.Column("device", sa.String(64), nullable=True))  # in place on SQLite
    op.create_index("ix_sign_in_failures_failed_at", "sign_in_failures", ["failed_at"])
    _know_present_sign_ins()
    # Columns that SQLite adds and drops in place: the table is not rebuilt.
    op.add_column(
        "audit_entries", sa.Column("category", sa.String(20), nullable=False, server_default="collections")
    )
    op.add_column("audit_entries", sa.Column("network", sa.String(64), nullable=True))
    # Refusals of ids that no database could hold.
    op.execute(sa.text("UPDATE audit_entries SET thing_id = NULL WHERE thing_id = 0"))
    _sort_entries()
    op.create_index("ix_audit_entries_category_actor_id_id", "audit_entries", ["category", "actor_id", "id"])
    given = sa.text("network IS NOT NULL")
    op.create_index(
        "ix_audit_entries_network",
        "audit_entries",
        ["network", "id"],
        sqlite_where=given,
        postgresql_where=given,
    )


def _sort_entries() -> None:
    """Put the entries that are there into their categories."""
    entries = sa.table("audit_entries", *map(sa.column, ("category", "action", "outcome")))
    is_refusal = sa.or_(entries.c.outcome == "refused", entries.c.action == "ask-for-code")
    op.execute(sa.update(entries).where(entries.c.action.in_(PEOPLE)).values(category="people"))
    op.execute(sa.update(entries).where(is_refusal).values(category="refusals"))


def _know_present_sign_ins() -> None:
    """Let those who are signed in now be known where they are, before anybody guesses at their accounts."""
    instant = sa.DateTime(timezone=True)
    sign_ins = sa.table(
        "sign_ins", sa.column("user_id"), sa.column("address"), sa.column("created_at", instant)
    )
    places = sa.table("known_places", sa.column("user_id"), sa.column("place"), sa.column("seen_at", instant))
    newest = sa.func.max(sign_ins.c.created_at, type_=instant)
    query = sa.select(sign_ins.c.user_id, sign_ins.c.address, newest).group_by("user_id", "address")
    found = {}
    for user_id, address, seen_at in op.get_bind().execute(query.order_by(newest)):
        try:
            network = ipaddress.ip_network(address)
        except ValueError:
            continue  # no address, or one that carries a port
        if network.version == 6:
            network = network.supernet(new_prefix=64)
        found[user_id, f"network {network if network.version == 6 else address}"] = seen_at
    rows = [{"user_id": user_id, "place": place, "seen_at": at} for (user_id, place), at in found.items()]
    if rows:
        op.get_bind().execute(sa.insert(places), rows)


def downgrade() -> None:
    op.drop_index("ix_audit_entries_network", "audit_entries")
    op.drop_index("ix_audit_entries_category_actor_id_id", "audit_entries")
    op.drop_column("audit_entries", "network")
    op.drop_column("audit_entries", "category")
    op.drop_index("ix_sign_in_failures_failed_at", "sign_in_failures")
    op.drop_column("sign_in_failures", "device")
    op.drop_table("known_places")
