"""Counters on two nodes during many changes of spikes, while one of the nodes is killed."""

import random
import time

from tests.support.churn import Pollers, check, churn


def test_counters_serve_every_value_once_and_never_fall(cluster):
    """The clock of the second node is 3 seconds fast, and schedules are changed on both."""
    first, second = cluster.nodes
    ids, key, collection_id = cluster.create_collection("Lorry")
    rng = random.Random(15)

    def call(method, path, body):
        answer = cluster.call(method, rng.choice([first, second]).url + path, body)
        return answer.status_code, answer.json() if answer.content else None

    pollers = Pollers([first.address, second.address], "/api/data/Lorry/performance", key)
    try:
        ways = churn(call, collection_id, ids, 12, rng)
        rng = random.Random(16)
        second.kill()
        second_is_back = time.time() + 1
        rounds = churn(lambda *args: _call_node(cluster, first, *args), collection_id, ids, 3, rng)
        assert time.time() > second_is_back
        second.start()
        rounds |= churn(call, collection_id, ids, 4, rng)
    finally:
        polls = pollers.end()
    assert ways >= {"end", "delete", "move", "extend"}
    assert rounds
    assert any(poll.spike for poll in polls)
    check(polls)


def _call_node(cluster, node, method, path, body):
    answer = cluster.call(method, node.url + path, body)
    return answer.status_code, answer.json() if answer.content else None
