"""Nodes share their state, and slow clients do not delay others."""

import socket
from datetime import UTC, datetime, timedelta

import requests

from tests.support.concurrency import run_concurrently

SLOW_CLIENTS = 64
TIMEOUT_S = 60


def test_only_one_of_overlapping_spikes_is_created_across_nodes(cluster):
    ids, _, collection_id = cluster.create_collection("Overlap")
    start = datetime.now(UTC) + timedelta(hours=1)
    body = {"collection_id": collection_id, "start_datetime": start.isoformat(), "duration": 60}
    body["spike_fields"] = [{"original_field_id": ids["level"], "fixed_value_number": 99}]

    def make(number):
        url = f"{cluster.nodes[number % 2].url}/api/spike-schedules"
        return cluster.call("POST", url, body | {"name": f"Spike {number}"}).status_code

    made = run_concurrently(*[lambda number=number: make(number) for number in range(8)])
    assert sorted(made) == [201] + [409] * 7


def test_a_sign_in_is_valid_on_every_node_until_a_logout_on_any(cluster):
    first, second = [f"{node.url}/api/auth" for node in cluster.nodes]
    for here, there in ((first, second), (second, first)):
        token = cluster.sign_in(cluster.proxy.url).json()["access_token"]
        assert cluster.call("GET", f"{there}/me", token=token).status_code == 200
        assert cluster.call("POST", f"{here}/logout", token=token).status_code == 204
        assert cluster.call("GET", f"{there}/me", token=token).status_code == 401


def test_slow_clients_block_no_worker(cluster):
    _, key, _ = cluster.create_collection("Busy")
    slow = [_SlowClient(cluster.proxy.address, has_body=number % 2 == 0) for number in range(SLOW_CLIENTS)]
    for number in range(10):
        for client in slow:
            client.dribble()
        headers = {"X-API-Key": key}
        url = f"{cluster.proxy.url}/api/data/Busy/performance"
        answer = requests.get(url, headers=headers, timeout=TIMEOUT_S)
        assert (answer.status_code, answer.json()["data"]["count"]) == (200, number)
    assert {client.end() for client in slow} == {200, 401}


def test_failed_sign_ins_count_across_nodes_despite_forged_addresses(cluster):
    first, second = [node.url for node in cluster.nodes]
    through = cluster.proxy.url

    def fail_sign_in(url, **headers):
        return cluster.sign_in(url, "nobody", **headers).status_code

    statuses = [fail_sign_in(url) for url in (first, second, first)]
    statuses += [
        fail_sign_in(through, **{"X-Forwarded-For": address}) for address in ("192.0.2.7", "192.0.2.8")
    ]
    assert statuses == [401] * 5
    assert [fail_sign_in(url) for url in (first, second)] == [429, 429]
    assert fail_sign_in(through, **{"X-Forwarded-For": "192.0.2.9"}) == 429


class _SlowClient:
    """A client that sends its request byte by byte."""

    def __init__(self, address: str, *, has_body: bool) -> None:
        host, port = address.split(":")
        self._socket = socket.create_connection((host, int(port)), timeout=TIMEOUT_S)
        self._end = b"}" if has_body else b"\r\n\r\n"
        if has_body:
            begin = f"POST /api/auth/refresh HTTP/1.1\r\nContent-Length: 12\r\nHost: {address}\r\n"
            begin += "Connection: close\r\nContent-Type: application/json\r\n\r\n{"
        else:
            begin = f"GET /api/health HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nX-Slow: "
        self._socket.sendall(begin.encode())

    def dribble(self) -> None:
        self._socket.sendall(b" ")

    def end(self) -> int:
        """Send the rest, and return the status of the response."""
        with self._socket:
            self._socket.sendall(self._end)
            return int(self._socket.recv(4096).split()[1])
