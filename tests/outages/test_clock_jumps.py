"""The product's clock jumps far forwards and backwards, also on days with 23 and 25 hours."""

import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest

from tests.support.concurrency import run_concurrently
from tests.support.jumping_clock import jumping_clock
from tests.support.product import AT_ONCE, TIMEOUT_S, Product

MINUTE, DAY, YEAR = timedelta(minutes=1), timedelta(days=1), timedelta(days=365)
OWN_START = 1_000_000
WORKER_CHECK_S = 4
"""Seconds within which gunicorn has checked its workers: it does so once a second."""
# In the middle of each window. Where summer time ends, the window begins and ends at the same hour of a
# local clock; where it begins, half of the window's local hours do not exist.
MIDDLES = {
    "an ordinary day": datetime(2031, 5, 12, 1, tzinfo=UTC),
    "summer time begins": datetime(2031, 3, 30, 1, tzinfo=UTC),
    "summer time ends": datetime(2031, 10, 26, 1, tzinfo=UTC),
}


class Rehearsal:
    """A device with a spike around some instant, polled while the clock jumps."""

    def __init__(self, product: Product, name: str, start: datetime, end: datetime) -> None:
        self.product, self.name, self.end = product, name, end
        level = {"value_type": "NUMBER_FIXED", "fixed_value_number": 1}
        counter = {"value_type": "INCREMENT", "start_number": 0, "step_number": 1}
        self.id = product.collection(name, level=level, count=counter)
        fields = product.done(product.ask("GET", f"/api/collections/{self.id}"))["fields"]
        level_id, count_id = (field["id"] for field in fields)
        spike = {
            "collection_id": self.id,
            "name": "Rehearsal",
            "start_datetime": start.isoformat(),
            "end_datetime": end.isoformat(),
            "spike_fields": [
                {"original_field_id": level_id, "fixed_value_number": 99},
                {"original_field_id": count_id, "start_number": OWN_START},
            ],
        }
        self.spike = product.done(product.ask("POST", "/api/spike-schedules", spike))["id"]
        self.counts: list[int] = []

    def assert_serves(self, instant: datetime, *, spike: bool) -> None:
        """Check that every worker serves the values of the spike, or the normal ones, of this time."""
        for answer in run_concurrently(*[lambda: self.product.poll(self.name)] * AT_ONCE):
            body = self.product.done(answer)
            self.counts.append(body["data"]["count"])
            assert 0 <= body["generated_at_epoch"] - int(instant.timestamp()) <= TIMEOUT_S
            assert body["data"]["level"] == (99 if spike else 1), instant
            ends = f"{self.end:%Y-%m-%dT%H:%M:%SZ}"
            expected = (str(self.spike), ends) if spike else (None, None)
            assert tuple(map(answer.headers.get, ("X-Spike-Schedule", "X-Spike-Ends"))) == expected

    def statuses(self) -> list[str]:
        """Sign in, and return the statuses of the collection's spikes."""
        self.product.sign_in()
        listed = self.product.ask("GET", f"/api/collections/{self.id}/spike-schedules")
        return [each["status"] for each in self.product.done(listed)["items"]]

    def assert_counted(self) -> None:
        """Check that no value was served twice, and none was skipped."""
        normal = sorted(count for count in self.counts if count < OWN_START)
        copies = sorted(count for count in self.counts if count >= OWN_START)
        assert normal == list(range(len(normal)))
        assert copies == list(range(OWN_START, OWN_START + len(copies)))


@pytest.fixture
def clock(tmp_path):
    with jumping_clock(tmp_path) as clock:
        yield clock


@pytest.fixture
def product(clock, serve, tmp_path):
    """The product on SQLite, on a machine with that clock."""
    return serve(f"sqlite:///{tmp_path / 'spikecast.db'}", env=clock.environment)


@pytest.mark.parametrize("day", MIDDLES)
def test_polls_are_correct_after_clock_jumps(product, clock, day):
    start, end = MIDDLES[day] - 30 * MINUTE, MIDDLES[day] + 30 * MINUTE
    clock.jump_to(start - DAY)
    product.sign_in()
    rehearsal = Rehearsal(product, day, start, end)

    def at(instant: datetime, *, spike: bool) -> None:
        clock.jump_to(instant)
        rehearsal.assert_serves(instant, spike=spike)
        assert product.read().status_code in {200, 401}  # the token may be expired, or not valid yet

    at(start - 2 * MINUTE, spike=False)
    at(start, spike=True)
    at(MIDDLES[day] - 2 * MINUTE, spike=True)
    at(MIDDLES[day], spike=True)
    at(end - 2 * MINUTE, spike=True)
    at(start - YEAR, spike=False)
    at(start + MINUTE, spike=True)
    clock.jump_to(end)
    assert rehearsal.statuses() == ["expired"]
    at(end, spike=False)
    assert rehearsal.statuses() == []
    at(MIDDLES[day], spike=False)  # the deleted spike does not return
    at(end + 20 * YEAR, spike=False)
    rehearsal.assert_counted()
    assert "Traceback" not in product.server.log()


def test_no_worker_is_replaced_when_the_clock_jumps(product, clock):
    product.assert_serving(product.count)
    before = product.server.workers()
    for away in (YEAR, -YEAR):
        clock.jump_to(datetime.now(UTC) + away)
        begun = time.monotonic()
        # Idle, because a request would show that the worker is alive.
        while time.monotonic() < begun + WORKER_CHECK_S:
            assert product.server.workers() == before
            time.sleep(0.05)
    product.assert_serving(product.count, product.health)
    assert len(product.served) == len(set(product.served))


@pytest.mark.postgresql
@pytest.mark.parametrize("own_database_url", ["postgresql"], indirect=True)
def test_on_postgresql_a_node_whose_clock_jumps_uses_the_databases_time(own_database_url, clock, serve):
    product = serve(own_database_url, env=clock.environment)
    start = datetime.now(UTC).replace(microsecond=0)
    rehearsal = Rehearsal(product, "Truck 2", start - MINUTE, start + 60 * MINUTE)
    for away in (YEAR, -YEAR, DAY, -DAY):
        clock.jump_to(start + away)
        rehearsal.assert_serves(datetime.now(UTC), spike=True)
        shown = parsedate_to_datetime(product.health().headers["Date"])
        assert abs(shown - start - away) < timedelta(seconds=TIMEOUT_S)
    rehearsal.assert_counted()
