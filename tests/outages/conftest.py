"""The product under gunicorn, with two workers, on a database that fails."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.support import skip_or_fail, throwaway_postgres
from tests.support.product import Product
from tests.support.server import running_server
from tests.support.throwaway_postgres import NO_FSYNC, Throwaway, Unavailable
from tests.support.wait import wait_until


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.outages)


@pytest.fixture
def serve() -> Iterator[Callable[..., Product]]:
    """Yield a function that starts the product on a database, with the options of `running_server`."""
    with ExitStack() as running:
        yield lambda url, **options: Product(running.enter_context(running_server(url, **options)))


@contextmanager
def own_postgresql(config: pytest.Config, settings: str = NO_FSYNC, folder: str = "") -> Iterator[Throwaway]:
    """Yield a PostgreSQL server for one test, which may stop, break and restart it."""
    if config.option.no_postgresql:
        pytest.skip("--no-postgresql was given")
    try:
        server = throwaway_postgres.start(settings, folder)
    except Unavailable as missing:
        skip_or_fail("postgresql", str(missing))
    yield server
    server.stop()


def replace_workers(product: Product) -> None:
    """Kill the workers, and wait until gunicorn has started others."""
    former = product.server.workers()
    for worker in former:
        os.kill(worker, signal.SIGKILL)
    wait_until(
        lambda: len(product.server.workers() - former) == len(former), "gunicorn has started other workers"
    )
