"""What one machine knows, the other knows too; and whoever is slow keeps nobody waiting."""

import socket
from datetime import UTC, datetime, timedelta

import requests

from tests.support.concurrency import run_concurrently

SLOW = 64
PATIENCE = 60


def test_of_spikes_that_overlap_one_is_taken_wherever_they_are_made(machines):
    ids, _, collection_id = machines.counting("Overlap")
    start = datetime.now(UTC) + timedelta(hours=1)
    body = {"collection_id": collection_id, "start_datetime": start.isoformat(), "duration": 60}
    body["spike_fields"] = [{"original_field_id": ids["level"], "fixed_value_number": 99}]

    def make(number):
        url = f"{machines.nodes[number % 2].url}/api/spike-schedules"
        return machines.call("POST", url, body | {"name": f"Spike {number}"}).status_code

    made = run_concurrently(*[lambda number=number: make(number) for number in range(8)])
    assert sorted(made) == [201] + [409] * 7


def test_a_sign_in_counts_on_every_node_until_it_ends_on_one(machines):
    first, second = [f"{node.url}/api/auth" for node in machines.nodes]
    for here, there in ((first, second), (second, first)):
        token = machines.sign_in(machines.proxy.url).json()["access_token"]
        assert machines.call("GET", f"{there}/me", token=token).status_code == 200
        assert machines.call("POST", f"{here}/logout", token=token).status_code == 204
        assert machines.call("GET", f"{there}/me", token=token).status_code == 401


def test_a_slow_client_keeps_no_worker(machines):
    _, key, _ = machines.counting("Busy")
    slow = [_Slow(machines.proxy.address, has_body=number % 2 == 0) for number in range(SLOW)]
    for number in range(10):
        for client in slow:
            client.dribble()
        headers = {"X-API-Key": key}
        url = f"{machines.proxy.url}/api/data/Busy/performance"
        answer = requests.get(url, headers=headers, timeout=PATIENCE)
        assert (answer.status_code, answer.json()["data"]["count"]) == (200, number)
    assert {client.end() for client in slow} == {200, 401}


def test_guesses_on_all_nodes_count_together_and_a_forged_address_is_of_no_use(machines):
    first, second = [node.url for node in machines.nodes]
    through = machines.proxy.url

    def guess(url, **headers):
        return machines.sign_in(url, "nobody", **headers).status_code

    guesses = [guess(url) for url in (first, second, first)]
    guesses += [guess(through, **{"X-Forwarded-For": address}) for address in ("192.0.2.7", "192.0.2.8")]
    assert guesses == [401] * 5
    assert [guess(url) for url in (first, second)] == [429, 429]
    assert guess(through, **{"X-Forwarded-For": "192.0.2.9"}) == 429


class _Slow:
    """A client that sends its request byte by byte."""

    def __init__(self, address: str, *, has_body: bool) -> None:
        host, port = address.split(":")
        self._socket = socket.create_connection((host, int(port)), timeout=PATIENCE)
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
        """Send the rest; the status of the answer."""
        with self._socket:
            self._socket.sendall(self._end)
            return int(self._socket.recv(4096).split()[1])
