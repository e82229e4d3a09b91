"""Somebody else holds the database's write lock."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg
from sqlalchemy.engine import make_url

from app.db.session import Base
from tests.support.concurrency import run_concurrently
from tests.support.product import unavailable
from tests.support.throwaway_postgres import for_psycopg

HASTY = "tests.support.short_lock_timeout_app:app"


@contextmanager
def write_lock(url: str) -> Iterator[None]:
    """Hold it, as another program does that writes for long."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(make_url(url).database, isolation_level=None)) as session:
            session.execute("BEGIN IMMEDIATE")
            yield
    else:
        with psycopg.connect(for_psycopg(url)) as session:
            session.execute(f"LOCK TABLE {', '.join(Base.metadata.tables)} IN EXCLUSIVE MODE")
            yield
            session.rollback()


def test_writes_are_refused_whole_reading_goes_on_and_all_is_well_afterwards(own_database_url, serve):
    product = serve(own_database_url, app=HASTY)
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
