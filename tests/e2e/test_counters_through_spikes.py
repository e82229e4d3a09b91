"""A counter on several workers while spikes start and end in every way, and workers are killed."""

import os
import random
import signal
import threading

import pytest
import requests

from tests.support.churn import Pollers, check, churn
from tests.support.product import Product
from tests.support.server import running_server

pytestmark = pytest.mark.e2e
COUNTER = {"value_type": "INCREMENT", "start_number": 0, "step_number": 1}


def test_a_counter_serves_every_value_once_and_never_decreases(own_database_url):
    with running_server(own_database_url, workers=3) as server:
        product = Product(server)
        collection_id = product.collection("Lorry", count=COUNTER, own=COUNTER)
        fields = product.done(product.ask("GET", f"/api/collections/{collection_id}"))["fields"]
        ids = {field["field_name"]: field["id"] for field in fields}

        def call(method, path, body):
            try:
                answer = product.ask(method, path, body)
            except requests.RequestException:  # the worker was killed
                return 0, None
            return answer.status_code, answer.json() if answer.content else None

        over = threading.Event()
        killer = threading.Thread(target=_kill_workers, args=(server, over))
        pollers = Pollers([server.url.removeprefix("http://")], "/api/data/Lorry/performance", product.key)
        killer.start()
        try:
            ways = churn(call, collection_id, ids, 10, random.Random(15))
        finally:
            over.set()
            killer.join()
            polls = pollers.end()
        assert ways
        assert any(poll.spike for poll in polls)
        check(polls)
        assert "Traceback" not in server.log()


def _kill_workers(server, over):
    rng = random.Random(15)
    while not over.wait(8):
        os.kill(rng.choice(sorted(server.workers())), signal.SIGKILL)
