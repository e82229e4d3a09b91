"""The disk of the database is really full."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.outages.conftest import own_postgresql
from tests.support.disks import Disk, small_disk
from tests.support.postgres import POSTGRESQL
from tests.support.product import Product, unavailable
from tests.support.throwaway_postgres import fresh_database

# A log of 16 MB at a time would take the whole disk.
SMALL_LOG = "fsync = off\nmin_wal_size = 32MB\nmax_wal_size = 32MB\nautovacuum = off"


@pytest.fixture(params=["sqlite", POSTGRESQL])
def product(request: pytest.FixtureRequest, serve: Callable[..., Product], disk: Disk) -> Iterator[Product]:
    """Yield the product, with its database on the small disk."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = f"sqlite:///{disk.folder / 'spikecast.db'}"
        else:
            server = stack.enter_context(own_postgresql(request.config, SMALL_LOG, str(disk.folder)))
            url = stack.enter_context(fresh_database(server.url, "spikecast"))
        yield serve(url)


@pytest.fixture
def disk() -> Iterator[Disk]:
    """Yield a small disk for the database alone."""
    with small_disk("120m") as mounted:
        yield mounted


def test_on_a_full_disk_writes_are_refused_and_reads_work_until_there_is_space(product, disk):
    product.assert_serving(product.count, product.write)
    before = product.names()
    disk.fill()
    while product.write_much().ok:
        pass  # use up the free space within the database's own files
    product.is_refused(product.write_much)
    product.assert_serving(product.read, product.health, lambda: product.poll("Bridge"))
    for small in (product.write(), product.count(), product.submit_sign_in()):
        if not small.ok:
            unavailable(small)
    disk.free()
    product.wait_until_serving()
    product.assert_intact(before)
