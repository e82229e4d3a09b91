"""The fast path and the reference implementation return the same values, errors and counter states.

Each example creates two equal collections. One is polled by the fast path, the other by the reference
implementation; between the polls both get the same changes, and time passes.
"""

import random
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core import clock as app_clock
from app.core import key_format
from app.core.errors import DomainError
from app.db.session import db
from app.generation.authorization import CollectionRef, PollRequest
from app.generation.reference_polls import ReferencePolls
from app.models import Field, SpikeSchedule, SpikeScheduleField
from app.values import CollectionType
from tests.support.factory import SETTINGS, Maker
from tests.support.hypothesis_settings import talks_to_the_app

TYPES = list(CollectionType)


class ConstantRandom(random.Random):
    """Always draws the same fraction of a range, so the order of the draws does not matter.

    The fast path draws steps that it discards if its cached authorization is stale.
    """

    def __init__(self, part: float) -> None:
        super().__init__()
        self.part = part

    def random(self) -> float:
        return self.part

    def getrandbits(self, k: int) -> int:
        return int(self.part * 2 ** (k - 1))


decimals = st.integers(-30, 30).map(lambda tenths: tenths / 10)
counter_settings = st.fixed_dictionaries(
    {
        "start_number": decimals | st.integers(-5, 5),
        "step_number": st.sampled_from([1, 2, 0.1, 2.5]),
        "randomization_percentage": st.sampled_from([0, 0, 50, 300]),
    }
)
fields = st.one_of(
    st.sampled_from([{"value_type": name, **given_settings} for name, given_settings in SETTINGS.items()]),
    st.builds(
        lambda counter, direction, room: {
            "value_type": direction,
            **counter,
            "reset_number": counter["start_number"] + (room if direction == "INCREMENT" else -room),
        },
        counter_settings,
        st.sampled_from(["INCREMENT", "DECREMENT"]),
        st.sampled_from([3, 5.5, 100]),
    ),
)
collections = st.lists(
    st.tuples(fields, st.sampled_from(["Performance"] * 3 + ["Configuration"])), max_size=6
)
parts = st.floats(0, 0.999)
polls = st.tuples(st.just("poll"), st.sampled_from([*TYPES, CollectionType.PERFORMANCE]), parts)
spikes = st.tuples(
    st.just("spike"),
    st.fixed_dictionaries(
        {
            "start": st.integers(0, 40),
            "duration": st.sampled_from([60, 90, 600]),
            "counters_after": st.sampled_from([None, "continue", "resume"]),
            "override": st.sampled_from([None, "start_number", "step_number"]),
        }
    ),
)
steps = st.lists(
    st.one_of(
        polls,
        polls,
        polls,
        spikes,
        st.tuples(st.just("wait"), st.sampled_from([1, 20, 60, 120])),
        st.tuples(st.just("change"), st.integers(0, 5)),
        st.tuples(st.just("add"), fields),
        st.tuples(st.just("name_series"), st.integers(0, 5)),
        st.tuples(st.just("delete"), st.integers(0, 5)),
        st.tuples(st.just("end"), st.none()),
    ),
    min_size=4,
    max_size=9,
)


class Side:
    """One of the two collections, and how it is polled."""

    def __init__(self, make: Any, polls: Any, tool: Any) -> None:
        self.make, self.polls, self.tool = make, polls, tool
        self.collection: dict[str, Any] = make.collection()
        self.spike: dict[str, Any] | None = None

    @property
    def fields(self) -> list[dict[str, Any]]:
        return self.make.person.get(f"/api/collections/{self.collection['id']}").json["fields"]

    def add(self, settings: dict[str, Any], collection_type: str = "Performance") -> int:
        number = len(self.fields)
        body = settings | {"name": f"field {number}", "collection_type": collection_type}
        path = f"/api/collections/{self.collection['id']}/fields"
        body = {"field_name": body.pop("name"), **body}
        return self.make.person.post(path, body).status_code

    def change(self, number: int) -> int | None:
        """Change a counter's start, or whatever else its type has."""
        for field in self.fields[number : number + 1]:
            changed = (
                {"step_number": 3} if field["start_number"] is not None else {"field_name": f"new {number}"}
            )
            return self.make.person.patch(f"/api/fields/{field['id']}", changed).status_code
        return None

    def name_series(self, number: int) -> int | None:
        """Give a field its own Prometheus series."""
        for field in self.fields[number : number + 1]:
            return self.make.person.patch(f"/api/fields/{field['id']}", {"metric": f"m_{number}"}).status_code
        return None

    def delete(self, number: int) -> None:
        for field in self.fields[number : number + 1]:
            self.make.person.delete(f"/api/fields/{field['id']}")

    def schedule(self, options: dict[str, Any]) -> int:
        overrides = [
            {"original_field_id": field["id"], options["override"]: 7}
            for field in self.fields
            if options["override"] and field["start_number"] is not None and field["reset_number"] is None
            if field["collection_type"] == "Performance"
        ]
        start = (app_clock.now() + timedelta(seconds=options["start"])).isoformat()
        body = {
            "collection_id": self.collection["id"],
            "name": "Spike",
            "spike_fields": overrides,
            "start_datetime": start,
            "duration": options["duration"],
            "counters_after": options["counters_after"],
        }
        response = self.make.person.post("/api/spike-schedules", body)
        if response.status_code == 201:
            self.spike = response.json
        return response.status_code

    def end(self, _nothing: None) -> int | None:
        if self.spike is None:
            return None
        return self.make.person.post(f"/api/spike-schedules/{self.spike['id']}/end").status_code

    def poll(self, collection_type: CollectionType, part: float) -> tuple[Any, ...]:
        return self._poll(collection_type, ConstantRandom(part))

    def poll_seeded(self, seed: int) -> tuple[Any, ...]:
        return self._poll(CollectionType.PERFORMANCE, random.Random(seed))

    def _poll(self, collection_type: CollectionType, rng: random.Random) -> tuple[Any, ...]:
        request = PollRequest(self.tool, CollectionRef(id=self.collection["id"]), collection_type)
        try:
            answer = self.polls.poll(request, now=app_clock.now, rng=rng)
        except DomainError as error:
            return type(error), self.unnamed(error.detail)
        result = answer.result
        kinds = {name: type(value) for name, value in result.data.items()}
        metrics = list(result.layout.metrics.values())
        return list(result.data.items()), kinds, metrics, result.epoch, result.spike and result.spike.ends

    def unnamed(self, text: str) -> str:
        return text.replace(self.collection["name"], "NAME")

    def counters(self) -> list[tuple[Any, ...]]:
        """Return the numbers of all counters: of the fields, and of the schedules' copies."""
        own = sa.select(Field.field_name, Field.current_number).where(
            Field.collection_id == self.collection["id"]
        )
        copy = SpikeScheduleField
        copies = (
            sa.select(SpikeSchedule.start_datetime, copy.field_name, copy.current_number)
            .join(SpikeSchedule)
            .where(SpikeSchedule.collection_id == self.collection["id"])
        )
        rows = [tuple(row) for query in (own, copies) for row in db.session.execute(query)]
        db.session.rollback()
        return sorted(rows, key=str)


@pytest.fixture
def sides(app, make):
    """Return a function that creates the two collections of an example."""
    with app.app_context():
        key_hash = _key_hash(make)
        yield lambda: (
            Side(make, app.extensions["polls"], key_hash),
            Side(make, ReferencePolls(app), key_hash),
        )


def _key_hash(make: Any) -> str:
    from app.core import key_format

    return key_format.hash_secret(make.key().key)


@settings(talks_to_the_app, max_examples=12)
@given(content=collections, script=steps)
def test_both_implementations_return_the_same(sides, clock, content, script):
    both = sides()
    for settings_of_field, collection_type in content:
        assert_equal([side.add(settings_of_field, collection_type) for side in both])
    for what, *arguments in script:
        if what == "wait":
            clock.shift(*arguments)
        elif what == "spike":
            assert_equal([side.schedule(*arguments) for side in both])
        else:
            assert_equal([getattr(side, what)(*arguments) for side in both])
        assert_equal([side.counters() for side in both])


def assert_equal(outcomes: list[Any]) -> None:
    fast, reference = outcomes
    assert fast == reference


def test_both_implementations_draw_the_same_values_from_the_same_seed(app, make, sides):
    both = sides()
    counter = {"value_type": "INCREMENT", "start_number": 0, "step_number": 9.5}
    counter["randomization_percentage"] = 90
    ranges = [
        ({"value_type": "NUMBER_RANGE", "range_start_number": 0, "range_end_number": 2**50}, "Performance"),
        ({"value_type": "FLOAT_RANGE", "range_start_float": 0, "range_end_float": 1e9}, "Performance"),
        (
            {
                "value_type": "INCREMENT",
                "start_number": 0,
                "step_number": 9.5,
                "randomization_percentage": 90,
            },
            "Performance",
        ),
        ({"value_type": "NUMBER_RANGE", "range_start_number": 0, "range_end_number": 99}, "Performance"),
        ({"value_type": "FLOAT_RANGE", "range_start_float": 0, "range_end_float": 1}, "Performance"),
    ]
    for side in both:
        for settings_of_field, collection_type in ranges:
            assert side.add(settings_of_field, collection_type) == 201
    for seed in range(3):
        assert_equal([side.poll_seeded(seed) for side in both])


@pytest.fixture
def implementations(app, make):
    with app.app_context():
        yield app.extensions["polls"], ReferencePolls(app)


def get_errors(
    implementations: Any, key_hash: str, collection: CollectionRef, collection_type=TYPES[0]
) -> list[Any]:
    request = PollRequest(key_hash, collection, collection_type)
    refused = []
    for polls in implementations:
        with pytest.raises(DomainError) as caught:
            polls.poll(request, now=app_clock.now, rng=ConstantRandom(0))
        refused.append((type(caught.value), caught.value.status, caught.value.detail, caught.value.headers))
    return refused


def test_both_implementations_refuse_a_key_with_the_same_error(implementations, make, owner, clock):
    make.collection("Truck", {})
    revoked, expiring = make.key(), make.key(expires_at="2026-11-27T08:01:00Z")
    owner.delete(f"/api/api-keys/{revoked.id}")
    clock.shift(60)
    for key in (revoked, expiring):
        assert_equal(get_errors(implementations, key_format.hash_secret(key.key), CollectionRef("Truck")))
    fast, reference = get_errors(implementations, "0" * 64, CollectionRef("Truck"))
    assert fast == reference
    assert fast[2] == "Unknown API key."


def test_both_implementations_refuse_a_collection_with_the_same_error(implementations, make, admin):
    truck = make.collection("Truck", {})
    Maker(admin).collection("Bridge", {})
    make.collection("Empty")
    key, limited = make.key(), make.key(allowed_collections=[{"collection_id": truck["id"]}])
    listed = [{"collection_id": truck["id"], "collection_type": "Configuration"}]
    of_one_type = make.key(allowed_collections=listed)
    for tool, reference in (
        (key, CollectionRef("Bridge")),
        (key, CollectionRef("nothing")),
        (key, CollectionRef(id=0)),
        (key, CollectionRef("Empty")),
        (limited, CollectionRef("Empty")),
        (of_one_type, CollectionRef("Truck")),
    ):
        assert_equal(get_errors(implementations, key_format.hash_secret(tool.key), reference))


def test_the_reference_implementation_serves_a_whole_app(app, make, monkeypatch):
    monkeypatch.setitem(app.extensions, "polls", ReferencePolls(app))
    counter = {"value_type": "INCREMENT", "name": "km", "start_number": 1, "step_number": 1}
    collection = make.collection("Truck", counter)
    tool = make.key()
    assert [tool.data("Truck")["km"] for _ in range(3)] == [1, 2, 3]
    spike = make.spike(collection)
    assert tool.poll("Truck").headers["X-Spike-Schedule"] == str(spike["id"])
    assert tool.poll("nothing").status_code == 404
    assert tool.get("/api/data").status_code == 200
