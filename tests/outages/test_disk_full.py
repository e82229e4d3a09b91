"""The disk with the database is really full."""

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
    """The product, whose database is on the disk."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = f"sqlite:///{disk.folder / 'spikecast.db'}"
        else:
            server = stack.enter_context(own_postgresql(request.config, SMALL_LOG, str(disk.folder)))
            url = stack.enter_context(fresh_database(server.url, "spikecast"))
        yield serve(url)


@pytest.fixture
def disk() -> Iterator[Disk]:
    """A disk of its own for the database."""
    with small_disk("120m") as mounted:
        yield mounted


def test_writes_are_refused_whole_reading_goes_on_and_room_is_all_it_takes(product, disk):
    product.assert_serving(product.count, product.write)
    before = product.names()
    disk.fill()
    while product.write_much().ok:
        pass  # what room there was within the database's own files
    product.is_refused(product.write_much)
    product.assert_serving(product.read, product.health, lambda: product.poll("Bridge"))
    for small in (product.write(), product.count(), product.submit_sign_in()):
        if not small.ok:
            unavailable(small)
    disk.free()
    product.wait_until_serving()
    product.assert_intact(before)
