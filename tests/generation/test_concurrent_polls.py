"""Concurrent polls get every counter value exactly once, and never a mix of spike and normal values."""

from itertools import cycle, pairwise
from threading import Event

import pytest

from app import create_app
from app.db.session import db
from tests.conftest import FAST_SETTINGS, settings_for
from tests.support.client import Poller
from tests.support.concurrency import run_concurrently

THREADS, POLLS = 32, 10
NORMAL, SPIKED = 1, 99


@pytest.fixture
def second_node(app, database_url, tmp_path):
    """Another app on the same database, with its own connections."""
    node = create_app(settings_for(database_url, tmp_path), TESTING=True, **FAST_SETTINGS)
    yield node
    with node.app_context():
        db.engine.dispose()


def create_counters(make):
    """Create a collection with three counters."""
    collection = make.collection("Truck 01")
    make.field(collection, "INCREMENT", name="up", start_number=0, step_number=1)
    make.field(collection, "DECREMENT", name="down", start_number=0, step_number=0.5)
    make.field(collection, "INCREMENT", name="round", start_number=0, step_number=1, reset_number=6)
    return collection


def build_expected(how_many: int) -> list[dict]:
    return [{"up": n, "down": -n / 2, "round": n % 7} for n in range(how_many)]


def poll_many(tools, polls: int = POLLS) -> list[dict]:
    """Poll in one thread per tool; return all responses in the order of the first counter."""
    polling = [lambda tool=tool: [tool.data("Truck 01") for _ in range(polls)] for tool in tools]
    answers = [answer for thread in run_concurrently(*polling) for answer in thread]
    return sorted(answers, key=lambda answer: answer["up"])


def test_32_threads_get_every_value_of_three_counters_exactly_once(make):
    create_counters(make)
    assert poll_many([make.key()] * THREADS) == build_expected(THREADS * POLLS)


def test_threads_with_different_keys_get_every_value_exactly_once(make):
    create_counters(make)
    assert poll_many([make.key() for _ in range(8)]) == build_expected(8 * POLLS)


def test_two_nodes_on_one_database_serve_every_value_exactly_once(make, second_node):
    create_counters(make)
    key = make.key().key
    nodes = cycle([make.person.app, second_node])
    tools = [Poller(node, key) for node, _ in zip(nodes, range(16), strict=False)]
    assert poll_many(tools) == build_expected(16 * POLLS)


def test_counters_continue_in_a_spike_and_serve_every_value_exactly_once(make):
    collection = create_counters(make)
    before = poll_many([make.key()], 5)
    make.spike(collection)
    during = poll_many([make.key()] * 16)
    assert before + during == build_expected(5 + 16 * POLLS)


def test_two_collections_are_polled_concurrently_without_a_deadlock(make):
    tool = make.key()
    for name in ("Truck 01", "Truck 02"):
        collection = make.collection(name)
        for number in range(5):
            make.field(collection, "INCREMENT", name=f"c{number}", start_number=0, step_number=1)

    def poll(name):
        return [tool.data(name)["c4"] for _ in range(POLLS)]

    names = ["Truck 01", "Truck 02"] * 6
    polled = run_concurrently(*[lambda name=name: poll(name) for name in names])
    for wanted in ("Truck 01", "Truck 02"):
        values = [value for name, seen in zip(names, polled, strict=True) for value in seen if name == wanted]
        assert sorted(values) == list(range(6 * POLLS))


def test_a_counter_that_is_reset_during_polls_skips_no_value(make):
    collection = create_counters(make)
    up = make.person.get(f"/api/collections/{collection['id']}").json["fields"][0]["id"]
    tool = make.key()
    polling = [lambda: [tool.data("Truck 01") for _ in range(POLLS)]] * 8
    resetting = [lambda: [make.person.post(f"/api/fields/{up}/reset").status_code for _ in range(5)]]
    *polled, resets = run_concurrently(*polling, *resetting)
    assert resets == [200] * 5
    answers = sorted((answer for thread in polled for answer in thread), key=lambda each: -each["down"])
    assert [answer["down"] for answer in answers] == [-n / 2 for n in range(8 * POLLS)]
    for before, after in pairwise(answers):
        assert after["up"] in (before["up"] + 1, 0)
    assert 1 <= [answer["up"] for answer in answers].count(0) <= 6


@pytest.mark.parametrize("counters", [False, True], ids=["without counters", "with counters"])
def test_concurrent_polls_serve_a_spike_completely_or_not_at_all(make, counters):
    collection = make.collection("Truck 01")
    for number in range(12):
        make.field(collection, "NUMBER_FIXED", name=f"n{number}", fixed_value_number=NORMAL)
    if counters:
        make.field(collection, "INCREMENT", name="count", start_number=0, step_number=1)
    collection = make.person.get(f"/api/collections/{collection['id']}").json
    tool, done = make.key(), Event()
    tool.data("Truck 01")

    def poll():
        seen = []
        while not done.is_set() and len(seen) < 100:
            seen.append(tool.poll("Truck 01"))
        return seen

    def run_spikes():
        try:
            return [answer for _ in range(3) for answer in _end_and_delete_spikes(make, tool, collection)]
        finally:
            done.set()

    answers = [answer for thread in run_concurrently(run_spikes, *[poll] * 16) for answer in thread]
    levels = {_get_level(answer) for answer in answers}
    assert levels == {(NORMAL, False), (SPIKED, True)}
    if counters:
        _assert_counts_are_consecutive(answers)


def _end_and_delete_spikes(make, tool, collection):
    """Start and end a spike, then start and delete another; poll at each stage."""
    overrides = [
        {"original_field_id": field["id"], "fixed_value_number": SPIKED}
        for field in collection["fields"]
        if field["value_type"] == "NUMBER_FIXED"
    ]
    # The window began earlier: the clock is frozen, and a spike has to end after its start.
    window = {"start_datetime": "2026-11-27T07:59:00Z", "duration": 3600}
    ended = make.spike(collection, *overrides, **window)
    yield tool.poll("Truck 01")
    assert make.person.post(f"/api/spike-schedules/{ended['id']}/end").status_code == 200
    yield tool.poll("Truck 01")
    deleted = make.spike(collection, *overrides, start_datetime="2026-11-27T08:00:00Z", duration=3600)
    yield tool.poll("Truck 01")
    assert make.person.delete(f"/api/spike-schedules/{deleted['id']}").status_code == 204
    yield tool.poll("Truck 01")


def _get_level(answer) -> tuple:
    """Return the value that all fixed fields share, and whether the headers name a spike."""
    assert answer.status_code == 200, answer.text
    values = {value for name, value in answer.json["data"].items() if name != "count"}
    assert len(values) == 1, f"spike and normal values mixed: {answer.text}"
    return values.pop(), "X-Spike-Schedule" in answer.headers


def _assert_counts_are_consecutive(answers) -> None:
    """Check that no count is missing or repeated, in and between the spikes."""
    counts = sorted(answer.json["data"]["count"] for answer in answers)
    assert counts == list(range(1, len(counts) + 1))
