"""SQLite's file is moved or deleted while the product runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.outages.conftest import replace_workers
from tests.support.product import Product
from tests.support.server import kill_all, running_server


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path / "data" / "spikecast.db"


@pytest.fixture
def moved_file(tmp_path: Path) -> Path:
    return tmp_path / "moved_file.db"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"SPIKECAST_INSTANCE": str(tmp_path / "instance")}


@pytest.fixture
def product(serve, file: Path, environment: dict[str, str]) -> Iterator[Product]:
    """Return the product, after each of its workers has opened the file."""
    product = serve(f"sqlite:///{file}", env=environment)
    for call in (product.count, product.write, product.read) * 3:
        product.assert_serving(call)
    return product


@contextmanager
def serve_again(product: Product, file: Path, environment: dict[str, str]) -> Iterator[None]:
    """Start the product again on the same path."""
    with running_server(f"sqlite:///{file}", env=environment) as server:
        product.server, product.url = server, server.url
        yield


def test_a_moved_file_is_still_served_and_receives_all_writes(product, file, moved_file, environment):
    before = product.names()
    file.rename(moved_file)
    product.assert_serving(product.count, product.read, product.write, product.health)
    assert not file.exists()
    written = product.names()
    moved_file.rename(file)
    product.assert_serving(product.count, product.read, product.write)
    kill_all(product.server.process)
    with serve_again(product, file, environment):
        product.assert_serving(product.count, product.read, product.write)
        assert product.names().items() >= written.items()
        product.assert_intact(before)


def test_a_new_worker_creates_no_other_file_and_serves_the_file_once_it_is_back(product, file, moved_file):
    before = product.names()
    file.rename(moved_file)
    replace_workers(product)
    product.is_refused(product.count, product.read, product.write, product.health, product.submit_sign_in)
    assert not file.exists()
    moved_file.rename(file)
    product.wait_until_serving()
    product.assert_intact(before)


def test_a_start_beside_the_log_of_a_moved_file_creates_no_other_file(product, file, moved_file, environment):
    before = product.names()
    kill_all(product.server.process)
    file.rename(moved_file)
    with (
        pytest.raises(RuntimeError, match="which contains the latest changes"),
        serve_again(product, file, environment),
    ):
        pass
    assert not file.exists()
    moved_file.rename(file)
    with serve_again(product, file, environment):
        product.assert_serving(product.count, product.read, product.write)
        product.assert_intact(before)


def test_a_deleted_file_is_still_served_by_workers_that_have_it_open(product, file):
    for each in file.parent.iterdir():
        each.unlink()
    product.assert_serving(product.count, product.read, product.write, product.health)
    replace_workers(product)
    product.is_refused(product.count, product.read)
    assert "Traceback" not in product.server.log()
