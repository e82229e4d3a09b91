"""The database is read-only for a while: a standby, a disk mounted read-only, wrong permissions."""

import os
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from tests.outages.conftest import replace_workers
from tests.support.throwaway_postgres import for_psycopg
from tests.support.wait import wait_until

WITHOUT_ROOT_PRIVILEGES = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]


def assert_read_only(product):
    """Check that writes are refused and reads work."""
    product.is_refused(product.write, product.count, product.write_much, product.submit_sign_in)
    product.assert_serving(product.read, product.health, lambda: product.poll("Bridge"))


def test_a_write_protected_file_can_be_read(tmp_path, serve):
    folder, instance = tmp_path / "data", tmp_path / "instance"
    folder.mkdir()
    under = WITHOUT_ROOT_PRIVILEGES if os.geteuid() == 0 else []
    url = f"sqlite:///{folder / 'spikecast.db'}"
    product = serve(url, under=under, env={"SPIKECAST_INSTANCE": str(instance)})
    product.assert_serving(product.count, product.write)
    before = product.names()
    set_permissions(folder, writing=False)
    replace_workers(product)  # a worker that has the file open could still write
    wait_until(lambda: product.health().ok, "the new workers answer")
    assert_read_only(product)
    set_permissions(folder, writing=True)
    product.wait_until_serving()
    product.assert_intact(before)


def set_permissions(folder: Path, *, writing: bool) -> None:
    for file in folder.iterdir():
        file.chmod(0o644 if writing else 0o444)
    folder.chmod(0o755 if writing else 0o555)


@pytest.mark.postgresql
@pytest.mark.parametrize("own_database_url", ["postgresql"], indirect=True)
def test_a_read_only_server_can_be_read(own_database_url, serve):
    product = serve(own_database_url)
    product.assert_serving(product.count, product.write)
    before = product.names()
    execute(own_database_url, "ALTER DATABASE {name} SET default_transaction_read_only = on")
    execute(own_database_url, END_OTHERS)  # as a server does that becomes a standby
    assert_read_only(product)
    execute(own_database_url, "ALTER DATABASE {name} RESET default_transaction_read_only")
    product.wait_until_serving()
    product.assert_intact(before)


END_OTHERS = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def execute(url: str, statement: str) -> None:
    with psycopg.connect(for_psycopg(url), autocommit=True) as session:
        session.execute("SET default_transaction_read_only = off")
        session.execute(statement.format(name=make_url(url).database))
