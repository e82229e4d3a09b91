"""The two databases of the load benchmarks: a small and a large one."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from flask import Flask

import config
from app import create_app, startup
from app.db.session import db
from app.models import Role, User
from tools.bench import seed

MANY_COLLECTIONS = 10_000
MANY_SCHEDULES = 100_000
MANY_KEYS = 100_000
KEYS_IN_TURN = 10_000

Request = tuple[str, str]


@dataclass
class Dataset:
    """A seeded database: its URL, and the requests of each case by the case's name."""

    database_url: str
    asks: dict[str, list[Request]] = field(default_factory=dict)

    def body(self, name: str) -> bytes:
        """Return the response body of a case's first request.

        Raises:
            RuntimeError: The response is not 200.
        """
        with open_app(self.database_url) as app:
            path, header = self.asks[name][0]
            response = app.test_client().get(path, headers=[tuple(header.split(": ", 1))])
            if response.status_code != 200:
                raise RuntimeError(f"{path} answers {response.status}: {response.text}")
            body: bytes = response.data
            return body


@contextmanager
def open_app(database_url: str) -> Iterator[Flask]:
    """Open the app on this database, inside an app context."""
    with tempfile.TemporaryDirectory(prefix="spikecast-bench-") as instance:
        app = create_app(
            config.load({"SPIKECAST_DATABASE_URL": database_url, "SPIKECAST_INSTANCE": instance})
        )
        startup.prepare(app)
        with app.app_context():
            try:
                yield app
            finally:
                db.session.remove()
                db.engine.dispose()


def _build_request(name: str, key: str) -> Request:
    return f"/api/data/{name}/performance", f"X-API-Key: {key}"


def small(database_url: str) -> Dataset:
    """Seed one collection for each case, ten more, and one API key."""
    dataset = Dataset(database_url)
    with open_app(database_url):
        owner = seed.add_user("bench", Role.EDITOR)
        (key,) = seed.add_keys(owner, 1)
        fields_of = {
            "10-fields": seed.fields(10),
            "counters": seed.fields(10, counters=3),
            "counters-normal": seed.fields(10, counters=3),
            "exactness": seed.fields(10, counters=3),
            "spike": seed.fields(10),
            "100-fields": seed.fields(100),
            "1000-fields": seed.fields(1000),
        }
        for name, rules in fields_of.items():
            (collection_id,) = seed.add_collections(owner, [name])
            seed.add_fields(collection_id, rules)
            if name == "spike":
                seed.start_spike(owner, collection_id)
            dataset.asks[name] = [_build_request(name, key)]
        devices = _devices(owner, 10)
        seed.analyze()
    dataset.asks["collections"] = [_build_request(name, key) for name in devices]
    for name in ("schedules-one", "schedules-all", "keys"):
        dataset.asks[name] = dataset.asks["10-fields"]
    return dataset


def large(database_url: str) -> Dataset:
    """Seed many collections, many schedules of one and of all of them, and many API keys."""
    dataset = Dataset(database_url)
    with open_app(database_url):
        owner = seed.add_user("bench", Role.EDITOR)
        texts = seed.add_keys(owner, MANY_KEYS)
        devices = _devices(owner, MANY_COLLECTIONS)
        busy, *others = list(devices)
        seed.add_schedules([devices[name] for name in others], MANY_SCHEDULES // MANY_COLLECTIONS)
        seed.add_schedules([devices[busy]], MANY_SCHEDULES)
        seed.analyze()
    key, usual = texts[0], others[0]
    dataset.asks["collections"] = [_build_request(name, key) for name in devices]
    dataset.asks["schedules-one"] = [_build_request(busy, key)]
    dataset.asks["schedules-all"] = [_build_request(usual, key)]
    dataset.asks["keys"] = [_build_request(usual, text) for text in texts[:KEYS_IN_TURN]]
    return dataset


def _devices(owner: User, count: int) -> dict[str, int]:
    """Create `count` collections of ten fields each, and return their ids by name."""
    names = [f"device-{number:05}" for number in range(count)]
    ids = seed.add_collections(owner, names)
    seed.add_fields(ids[0], seed.fields(10))
    seed.copy_fields(ids[0], ids)
    return dict(zip(names, ids, strict=True))
