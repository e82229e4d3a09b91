"""The product behind PgBouncer, on a database with unusual settings for time zones and dates.

In session mode as shipped; in transaction mode with SPIKECAST_FAST_POLLS=0.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from sqlalchemy.engine import make_url

from tests.outages.test_locked import SHORT_LOCK_TIMEOUT_APP, write_lock
from tests.support import pgbouncer
from tests.support.pgbouncer import running_pgbouncer
from tests.support.product import Product
from tests.support.server import RunningServer, running_server
from tests.support.throwaway_postgres import for_psycopg
from tests.support.wait import wait_until

UNUSUAL_SETTINGS = [
    "ALTER DATABASE {name} SET timezone = 'America/New_York'",
    "ALTER DATABASE {name} SET datestyle = 'SQL, DMY'",
    "ALTER DATABASE {name} SET lock_timeout = 0",
    "ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'",
]

pytestmark = pytest.mark.parametrize("own_database_url", ["postgresql"], indirect=True)


@pytest.fixture(params=["session", "transaction"])
def mode(request) -> str:
    """Return the pooler's mode."""
    return request.param


@pytest.fixture
def serve_pooled(serve, mode) -> Callable[..., Product]:
    """Return a function that starts the product with the settings that this mode needs."""
    env = {"SPIKECAST_FAST_POLLS": "0"} if mode == "transaction" else {}
    return lambda url, **options: serve(url, env=env, **options)


@pytest.fixture
def pooled(own_database_url: str, mode: str) -> Iterator[str]:
    """Yield the URL of PgBouncer in front of a database with unusual settings."""
    pgbouncer.need()
    name = make_url(own_database_url).database
    with closing(psycopg.connect(for_psycopg(own_database_url), autocommit=True)) as session:
        for statement in UNUSUAL_SETTINGS:
            session.execute(statement.format(name=f'"{name}"'))
    # Few sessions in transaction mode, so that each transaction may get another one.
    with running_pgbouncer(own_database_url, pool_size=30 if mode == "session" else 3, mode=mode) as url:
        yield url


@pytest.fixture
def serve_again() -> Iterator[Callable[[str], RunningServer]]:
    """Yield a function that starts a server on a database that is in use already."""
    with ExitStack() as running:
        yield lambda url: running.enter_context(running_server(url, workers=1))


def test_requests_work_and_polls_are_recorded_at_the_right_time(pooled, serve_pooled):
    product = serve_pooled(pooled)
    begun = datetime.now(UTC)
    product.assert_serving(product.count, product.write, product.read, product.health)
    assert sorted(product.served) == list(range(1, len(product.served) + 1))
    [poll] = [each for each in _polls(product) if each["collection_name"] == "Truck"]
    assert abs(datetime.fromisoformat(poll["polled_at"]) - begun) < timedelta(minutes=2)
    assert "Traceback" not in product.server.log()


def _polls(product) -> list[dict]:
    """Wait until polls are recorded, and return the records."""

    def get_records() -> list[dict]:
        return product.done(product.ask("GET", "/api/polls"))["items"]

    wait_until(get_records, "the poll is recorded")
    return get_records()


def test_a_spike_starts_and_ends_at_once(pooled, serve_pooled):
    product = serve_pooled(pooled)
    body = {"collection_id": product.bridge, "name": "Flood", "duration": 600}
    spike = product.done(product.ask("POST", "/api/spike-schedules", body))
    answer = product.poll("Bridge")
    assert answer.headers["X-Spike-Schedule"] == str(spike["id"])
    assert answer.headers["X-Spike-Ends"] == spike["end_datetime"]
    product.done(product.ask("POST", f"/api/spike-schedules/{spike['id']}/end"))
    assert "X-Spike-Schedule" not in product.poll("Bridge").headers


def test_writes_are_503_while_another_session_holds_a_lock(own_database_url, pooled, serve_pooled, mode):
    product = serve_pooled(pooled, app=SHORT_LOCK_TIMEOUT_APP)
    product.assert_serving(product.count, product.write)
    before = product.names()
    with write_lock(own_database_url):
        product.is_refused(product.write, product.count, product.submit_sign_in)
        product.assert_serving(product.read, product.health)
        if mode == "session":  # without the fast path each poll locks the collection
            product.assert_serving(lambda: product.poll("Bridge"))
    product.wait_until_serving()
    product.assert_intact(before)


def test_a_server_session_can_be_reused_by_other_clients(own_database_url, serve, serve_again):
    """Each client sets its own settings and prepares its own statements, whatever the previous one left."""
    pgbouncer.need()
    with running_pgbouncer(own_database_url, pool_size=8) as url:
        product = serve(url, workers=1)
        product.assert_serving(product.count, product.read)
        product.server.process.terminate()
        product.server.process.wait()
        for _ in range(8):
            with closing(psycopg.connect(for_psycopg(url), autocommit=True)) as session:
                session.execute("SET timezone = 'Asia/Tokyo'")
                session.execute("PREPARE poll_0 AS SELECT 1")
        product.url = serve_again(url).url
        product.assert_serving(product.count, product.health)
        assert sorted(product.served) == list(range(1, 17))


def test_in_transaction_mode_workers_share_sessions_and_counters(own_database_url, serve):
    """There are more workers than sessions, so each transaction may get another worker's session."""
    pgbouncer.need()
    with running_pgbouncer(own_database_url, pool_size=2, mode="transaction") as url:
        product = serve(url, workers=4, env={"SPIKECAST_FAST_POLLS": "0"})
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda _: product.count(), range(60)))
        assert len(product.served) == len(set(product.served))
        assert sorted(product.served) == list(range(1, len(product.served) + 1))
        assert "Traceback" not in product.server.log()
