"""A counter on two machines while spikes come and go in every way, and one of the machines is killed."""

import random
import time

from tests.support.churn import Pollers, check, churn


def test_it_serves_every_value_once_and_never_falls(machines):
    """The clock of the second machine is 3 seconds fast, and schedules are changed at both."""
    first, second = machines.nodes
    ids, key, collection_id = machines.counting("Lorry")
    rng = random.Random(15)

    def call(method, path, body):
        answer = machines.call(method, rng.choice([first, second]).url + path, body)
        return answer.status_code, answer.json() if answer.content else None

    pollers = Pollers([first.address, second.address], "/api/data/Lorry/performance", key)
    try:
        ways = churn(call, collection_id, ids, 12, rng)
        rng = random.Random(16)
        second.kill()
        second_is_back = time.time() + 1
        rounds = churn(lambda *asked: _at(machines, first, *asked), collection_id, ids, 3, rng)
        assert time.time() > second_is_back
        second.start()
        rounds |= churn(call, collection_id, ids, 4, rng)
    finally:
        polls = pollers.end()
    assert ways >= {"end", "delete", "move", "extend"}
    assert rounds
    assert any(poll.spike for poll in polls)
    check(polls)


def _at(machines, node, method, path, body):
    answer = machines.call(method, node.url + path, body)
    return answer.status_code, answer.json() if answer.content else None
