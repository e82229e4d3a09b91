"""The command that loads demo data: two devices, a key, an active and a scheduled spike."""

import shlex
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import click
import sqlalchemy as sa
from flask import current_app

import config
from app.auth.api_keys import service as keys_service
from app.cli.support import with_database
from app.collections import service as collections
from app.collections.schemas import FieldIn
from app.core import clock
from app.core.text import shorten
from app.db.session import db
from app.domain.validation import Validated
from app.models import Actor, Collection, Role, SpikeSchedule, User
from app.spikes import service as spikes

SERVER, TRUCK = "Demo web server", "Demo truck"

Fields = list[tuple[str, str, dict[str, Any]]]


def float_range(start: float, end: float) -> dict[str, Any]:
    """Return the settings of a FLOAT_RANGE with one decimal."""
    return {"range_start_float": start, "range_end_float": end, "float_precision": 1}


SERVER_PERFORMANCE: Fields = [
    ("cpu percent", "FLOAT_RANGE", float_range(12, 38)),
    ("memory percent", "FLOAT_RANGE", float_range(55, 63)),
    ("response ms", "FLOAT_RANGE", float_range(18, 45)),
    ("requests per minute", "NUMBER_RANGE", {"range_start_number": 800, "range_end_number": 1200}),
    (
        "requests total",
        "INCREMENT",
        {"start_number": 0, "step_number": 1000, "randomization_percentage": 20},
    ),
    ("measured at", "EPOCH_NOW", {}),
]
SERVER_CONFIGURATION: Fields = [
    ("hostname", "TEXT_FIXED", {"fixed_value_text": "web-1.example.org"}),
    ("cores", "NUMBER_FIXED", {"fixed_value_number": 8}),
    ("memory GiB", "FLOAT_FIXED", {"fixed_value_float": 31.3}),
]
TRUCK_PERFORMANCE: Fields = [
    ("speed km/h", "NUMBER_RANGE", {"range_start_number": 62, "range_end_number": 88}),
    ("engine °C", "FLOAT_RANGE", float_range(84, 93)),
    (
        "fuel percent",
        "DECREMENT",
        {"start_number": 100, "step_number": 0.5, "reset_number": 8, "randomization_percentage": 40},
    ),
    ("odometer km", "INCREMENT", {"start_number": 48210.5, "step_number": 1.2}),
    ("measured at", "EPOCH_NOW", {}),
]
TRUCK_CONFIGURATION: Fields = [
    ("plate", "TEXT_FIXED", {"fixed_value_text": "SPK 2026"}),
    ("tank litres", "NUMBER_FIXED", {"fixed_value_number": 420}),
]


@click.command("demo")
@click.option("--owner", help="E-mail or user name of the owner. Default: the first Admin.")
@with_database
def demo(owner: str | None) -> str:
    """Load demo data: two devices with realistic fields, a key, an active and a scheduled spike."""
    actor, now = _get_owner(owner).actor, clock.now()
    server = _create_device(actor, SERVER, SERVER_PERFORMANCE, SERVER_CONFIGURATION, now)
    truck = _create_device(actor, TRUCK, TRUCK_PERFORMANCE, TRUCK_CONFIGURATION, now)
    _, key = keys_service.create_key(actor, {"label": "Demo"}, now)
    start = now.replace(second=0, microsecond=0)
    active = _create_spike(actor, server, "Demo: overload", start, timedelta(minutes=30), now)
    scheduled = _create_spike(
        actor, truck, "Demo: overheating", start + timedelta(hours=1), timedelta(minutes=15), now
    )
    return _format_report(key, active, scheduled)


def _get_owner(login: str | None) -> User:
    """Return the user with this e-mail or user name; without one, the first Admin.

    Raises:
        ClickException: there is none, or they may not create collections.
    """
    first_admin = sa.select(User).where(User.role == Role.ADMIN).order_by(User.id).limit(1)
    user = User.by_login(login) if login else db.session.scalar(first_admin)
    if user is None:
        problem = f"There is no user {shorten(login)!r}." if login else "There is no Admin to own the demo."
        raise click.ClickException(f"{problem} Create one with create-user.")
    if not user.actor.may_write:
        raise click.ClickException(
            f"Only Editors and Admins can create collections. {user.username} is a {user.role}."
        )
    return user


def _create_device(
    actor: Actor, name: str, performance: Fields, configuration: Fields, now: datetime
) -> Collection:
    collection = collections.create_collection(actor, {"name": name})
    for collection_type, fields in (("Performance", performance), ("Configuration", configuration)):
        for field_name, value_type, settings in fields:
            values = {
                "collection_type": collection_type,
                "field_name": field_name,
                "value_type": value_type,
                **settings,
            }
            collections.add_field(collection, FieldIn().load(values), now)
    db.session.refresh(collection, ["fields"])
    return collection


OVERRIDES: dict[str, dict[str, Any]] = {
    "cpu percent": float_range(92, 99.5),
    "response ms": float_range(900, 2400),
    "engine °C": float_range(118, 127),
    "speed km/h": {"range_start_number": 0, "range_end_number": 12},
}


def _create_spike(
    actor: Actor, collection: Collection, name: str, start: datetime, length: timedelta, now: datetime
) -> SpikeSchedule:
    overrides = [
        {"original_field_id": field.id, **OVERRIDES[field.field_name]}
        for field in collection.fields
        if field.field_name in OVERRIDES
    ]
    values = {
        "collection_id": collection.id,
        "name": name,
        "start_datetime": start,
        "duration": length,
        "spike_fields": overrides,
    }
    return spikes.schedule(actor, Validated(values, {}), now)


def _format_report(key: str, active: SpikeSchedule, scheduled: SpikeSchedule) -> str:
    settings: config.Settings = current_app.config["SETTINGS"]
    socket = settings.bind.removeprefix("unix:")
    address, options = f"http://{settings.bind}/api/data", ""
    if socket != settings.bind:
        address, options = "http://localhost/api/data", f"--unix-socket {shlex.quote(socket)} "
    polls = [
        f"  curl -H 'X-API-Key: {key}' {options}{address}/{quote(name, safe='')}/performance"
        for name in (SERVER, TRUCK)
    ]
    until, since = f"{active.end_datetime:%H:%M}", f"{scheduled.start_datetime:%H:%M}"
    return "\n".join(
        [
            f"Loaded {SERVER!r} and {TRUCK!r}. Poll them with the key, which is shown only once:\n",
            *polls,
            f"\n{active.name!r} is active until {until} UTC: CPU load and response time are up.",
            f"{scheduled.name!r} starts at {since} UTC and lasts 15 minutes.",
        ]
    )
