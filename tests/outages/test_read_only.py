"""The database may only be read for a while: a standby, a disk that was mounted read-only, wrong rights."""

import os
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from tests.outages.conftest import replace_workers
from tests.support.throwaway_postgres import for_psycopg
from tests.support.wait import wait_until

WITHOUT_ROOTS_RIGHTS = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]


def is_only_read(product):
    """Writes are refused, reading goes on."""
    product.is_refused(product.write, product.count, product.write_much, product.submit_sign_in)
    product.assert_serving(product.read, product.health, lambda: product.poll("Bridge"))


def test_a_file_that_may_not_be_written_is_read(tmp_path, serve):
    folder, instance = tmp_path / "data", tmp_path / "instance"
    folder.mkdir()
    under = WITHOUT_ROOTS_RIGHTS if os.geteuid() == 0 else []
    url = f"sqlite:///{folder / 'spikecast.db'}"
    product = serve(url, under=under, env={"SPIKECAST_INSTANCE": str(instance)})
    product.assert_serving(product.count, product.write)
    before = product.names()
    allow(folder, writing=False)
    replace_workers(product)  # whoever has it open may go on
    wait_until(lambda: product.health().ok, "they answer")
    is_only_read(product)
    allow(folder, writing=True)
    product.wait_until_serving()
    product.assert_intact(before)


def allow(folder: Path, *, writing: bool) -> None:
    for file in folder.iterdir():
        file.chmod(0o644 if writing else 0o444)
    folder.chmod(0o755 if writing else 0o555)


@pytest.mark.postgresql
@pytest.mark.parametrize("own_database_url", ["postgresql"], indirect=True)
def test_a_server_that_takes_no_writes_is_read(own_database_url, serve):
    product = serve(own_database_url)
    product.assert_serving(product.count, product.write)
    before = product.names()
    execute(own_database_url, "ALTER DATABASE {name} SET default_transaction_read_only = on")
    execute(own_database_url, END_OTHERS)  # as a server does that becomes a standby
    is_only_read(product)
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
