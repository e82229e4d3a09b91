"""PostgreSQL is stopped, started again, restarted during polls, and ends connections."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import psycopg
import pytest

from tests.outages.conftest import own_postgresql
from tests.support.product import Product, unavailable
from tests.support.server import running_server
from tests.support.throwaway_postgres import for_psycopg

pytestmark = pytest.mark.postgresql

POLLERS = 4


@pytest.fixture(scope="module")
def postgresql(request):
    with own_postgresql(request.config) as server:
        yield server


@pytest.fixture(scope="module")
def product(postgresql):
    with running_server(postgresql.url) as server:
        product = Product(server)
        product.assert_serving(product.count, product.write)
        yield product


def test_requests_are_refused_while_postgresql_is_stopped_and_work_afterwards(postgresql, product):
    before = product.names()
    for mode in ("fast", "immediate"):
        postgresql.control("stop", f"--mode={mode}")
        product.is_refused(product.read, product.health, product.count, product.write, product.submit_sign_in)
        assert product.ask("GET", "/api/openapi.json").status_code == 200
        postgresql.control("start")
        product.wait_until_serving()
    product.assert_intact(before)


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_restart_during_polls_is_503_and_serves_no_value_twice(postgresql, product, mode):
    stop, answers = Event(), []

    def poll() -> None:
        while not stop.is_set():
            answers.append((time.monotonic(), product.count()))

    with ThreadPoolExecutor(POLLERS) as threads:
        pollers = [threads.submit(poll) for _ in range(POLLERS)]
        time.sleep(0.5)
        postgresql.control("restart", f"--mode={mode}")
        product.wait_until_serving()
        served_again = time.monotonic()
        time.sleep(0.5)
        stop.set()
        for each in pollers:
            each.result()
    refused = [(when, answer) for when, answer in answers if answer.status_code != 200]
    for when, answer in refused:
        unavailable(answer)
        assert when < served_again
    assert len(product.served) == len(set(product.served))
    # Only a poll that failed halfway may have advanced the counter nevertheless.
    assert max(product.served) - len(product.served) <= len(refused)


def test_ended_connections_are_replaced_without_an_error(postgresql, product):
    with psycopg.connect(for_psycopg(postgresql.url), autocommit=True) as session:
        for _ in range(3):
            session.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            product.assert_serving(product.count, product.read, product.write)
