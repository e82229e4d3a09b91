"""Another program holds the database's write lock."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg
from sqlalchemy.engine import make_url

from app.db.session import Base
from tests.support.concurrency import run_concurrently
from tests.support.product import unavailable
from tests.support.throwaway_postgres import for_psycopg

SHORT_LOCK_TIMEOUT_APP = "tests.support.short_lock_timeout_app:app"


@contextmanager
def write_lock(url: str) -> Iterator[None]:
    """Hold the write lock, as another program with a long transaction does."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(make_url(url).database, isolation_level=None)) as session:
            session.execute("BEGIN IMMEDIATE")
            yield
    else:
        with psycopg.connect(for_psycopg(url)) as session:
            session.execute(f"LOCK TABLE {', '.join(Base.metadata.tables)} IN EXCLUSIVE MODE")
            yield
            session.rollback()


def test_while_the_lock_is_held_writes_are_refused_and_reads_work(own_database_url, serve):
    product = serve(own_database_url, app=SHORT_LOCK_TIMEOUT_APP)
    product.assert_serving(product.count, product.write)
    before = product.names()
    with write_lock(own_database_url):
        product.is_refused(product.write, product.count, product.submit_sign_in)
        product.assert_serving(product.read, product.health, lambda: product.poll("Bridge"))
        refused, *others = run_concurrently(product.write, product.read, product.health)
        unavailable(refused)
        assert {other.status_code for other in others} == {200}
    product.wait_until_serving()
    product.assert_intact(before)
