"""A preview of a spike that is being written: what polls would get, with nothing moved or saved."""

from datetime import timedelta

import pytest

from tests.conftest import NOW
from tests.support.problems import faults, refused
from tests.support.statements import get_writes, work
from tests.support.timestamps import at, format_utc

PATH = "/api/spike-schedules/preview"


@pytest.fixture
def truck(make):
    """Two numeric Performance fields, and four that no spike can override."""
    return make.collection(
        "Truck",
        {"value_type": "NUMBER_RANGE", "name": "cpu"},
        {"value_type": "INCREMENT", "name": "km"},
        {"value_type": "EPOCH_NOW"},
        {"value_type": "TEXT_FIXED"},
        {"value_type": "NUMBER_RANGE", "collection_type": "Configuration"},
        {"value_type": "INCREMENT", "collection_type": "Configuration"},
    )


def asked(caller, collection, *overrides, **more):
    length = {} if "end_datetime" in more or "schedule_id" in more else {"duration": 300}
    body = {"collection_id": collection["id"], "spike_fields": list(overrides)} | length | more
    return caller.post(PATH, body)


def previewed(*args, **more):
    response = asked(*args, **more)
    assert response.status_code == 200, response.text
    return response.json


def line(preview, name):
    return next(field for field in preview["fields"] if field["field_name"] == name)


def phases(preview, name):
    """The values of a field before, during and after the window."""
    values, counts = line(preview, name)["values"], preview["phases"]
    start, end = counts["before"], counts["before"] + counts["during"]
    return values[:start], values[start:end], values[end:]


def override_of(collection, name, **settings):
    field = next(field for field in collection["fields"] if field["field_name"] == name)
    return {"original_field_id": field["id"], **settings}


def hot(collection):
    return override_of(collection, "cpu", range_start_number=90, range_end_number=100)


class TestPolls:
    def test_five_minutes_are_five_polls_and_five_on_each_side(self, owner, truck):
        preview = previewed(owner, truck)
        assert preview["phases"] == {"before": 5, "during": 5, "after": 5}
        assert (preview["interval"], preview["polls_in_window"]) == (60, 5)
        assert (preview["start_datetime"], preview["end_datetime"]) == (at(0), at(5))
        start = int(NOW.timestamp())
        assert preview["times"] == list(range(start - 300, start + 600, 60))

    @pytest.mark.parametrize(
        ("duration", "interval", "during", "aside"),
        [
            (300, 10, 30, 15),
            (301, 60, 6, 5),
            (1, 60, 1, 5),
            (3600, 86400, 1, 5),
            (3600, 60, 60, 30),
            (300 * 60, 60, 300, 150),
        ],
    )
    def test_half_as_long_on_each_side_but_at_least_five_polls(
        self, owner, truck, duration, interval, during, aside
    ):
        preview = previewed(owner, truck, duration=duration, interval=interval)
        assert preview["phases"] == {"before": aside, "during": during, "after": aside}
        assert preview["interval"] == interval
        assert preview["polls_in_window"] == during

    @pytest.mark.parametrize("duration", [301, 86_400, 86_400 * 365 * 50, 253_000_000_000])
    def test_there_are_never_more_than_600_and_the_wider_interval_is_told(self, owner, truck, duration):
        start = "1970-02-01T00:00:00Z"
        preview = previewed(owner, truck, start_datetime=start, duration=duration, interval=1)
        assert preview["phases"]["during"] >= 150
        assert len(preview["times"]) <= 600
        assert preview["interval"] == -(-duration // 300)
        assert preview["polls_in_window"] == duration
        assert sum(preview["phases"].values()) == len(preview["times"])

    def test_none_comes_before_1970(self, owner, truck):
        preview = previewed(owner, truck, start_datetime="1970-01-01T00:02:00Z")
        assert preview["phases"] == {"before": 2, "during": 5, "after": 5}
        assert preview["times"][0] == 0

    def test_none_comes_after_9998(self, owner, truck):
        preview = previewed(owner, truck, start_datetime="9998-12-31T23:54:00Z")
        assert preview["phases"] == {"before": 5, "during": 5, "after": 1}

    def test_a_start_with_a_fraction_is_told_in_whole_seconds_as_a_poll_does(self, owner, truck):
        preview = previewed(owner, truck, start_datetime="2026-11-27T08:00:00.75Z")
        assert preview["times"][5] == int(NOW.timestamp())


class TestValues:
    def test_only_numeric_performance_fields_are_shown_each_with_a_value_for_every_poll(self, owner, truck):
        preview = previewed(owner, truck, hot(truck))
        assert [field["field_name"] for field in preview["fields"]] == ["cpu", "km"]
        assert all(len(field["values"]) == len(preview["times"]) for field in preview["fields"])
        cpu = line(preview, "cpu")
        assert cpu["original_field_id"] == truck["fields"][0]["id"]
        assert (cpu["value_type"], cpu["is_overridden"]) == ("NUMBER_RANGE", True)
        assert not line(preview, "km")["is_overridden"]

    def test_the_override_shows_in_the_window_and_nowhere_else(self, owner, truck):
        before, during, after = phases(previewed(owner, truck, hot(truck), duration=3600), "cpu")
        assert all(5 <= value <= 20 for value in before + after)
        assert all(90 <= value <= 100 for value in during)

    def test_normal_is_the_band_of_the_collections_own_rule(self, owner, truck):
        preview = previewed(owner, truck, hot(truck))
        assert line(preview, "cpu")["normal"] == [5, 20]
        assert line(preview, "km")["normal"] is None

    def test_the_means_are_told(self, owner, make):
        collection = make.collection(None, {"value_type": "NUMBER_FIXED", "name": "cpu"})
        spiked = override_of(collection, "cpu", fixed_value_number=90)
        assert line(previewed(owner, collection, spiked), "cpu")["mean"] == {
            "before": 7,
            "during": 90,
            "after": 7,
        }

    def test_the_mean_of_nothing_is_null(self, owner, truck):
        preview = previewed(owner, truck, start_datetime="1970-01-01T00:00:00Z")
        assert line(preview, "cpu")["mean"]["before"] is None

    def test_the_largest_floats_have_a_mean(self, owner, make):
        settings = {"range_start_float": 1.7e308, "range_end_float": 1.7976931348623157e308}
        collection = make.collection(None, {"value_type": "FLOAT_RANGE", "name": "huge", **settings})
        mean = line(previewed(owner, collection), "huge")["mean"]
        assert all(1.69e308 < number < 1.8e308 for number in mean.values())

    def test_a_counter_goes_on_in_the_window_and_behind_it(self, owner, make, truck):
        make.key().data("Truck")
        assert phases(previewed(owner, truck), "km") == (
            [15, 20, 25, 30, 35],
            [40, 45, 50, 55, 60],
            [65, 70, 75, 80, 85],
        )

    def test_a_counter_that_resumes_goes_on_afterwards_where_it_stood(self, owner, make, truck):
        make.key().data("Truck")
        assert phases(previewed(owner, truck, counters_after="resume"), "km")[2] == [40, 45, 50, 55, 60]

    def test_a_counter_with_a_start_of_its_own_continues_where_that_is_asked_for(self, owner, truck):
        own_start = override_of(truck, "km", start_number=500, step_number=1)
        _, during, after = phases(previewed(owner, truck, own_start, counters_after="continue"), "km")
        assert (during[-1], after[0]) == (504, 509)

    def test_a_counter_with_a_start_of_its_own_begins_there(self, owner, truck):
        own_start = override_of(truck, "km", start_number=500, step_number=1)
        assert phases(previewed(owner, truck, own_start), "km")[1] == [500, 501, 502, 503, 504]

    @pytest.mark.parametrize(
        "settings", [{}, {"step_number": 50}, {"start_number": 500}], ids=["as it is", "step", "start"]
    )
    def test_what_a_preview_tells_is_what_polls_then_get(self, owner, make, truck, clock, settings):
        spiked = override_of(truck, "km", **settings)
        poller = make.key()
        poller.data("Truck")
        window = {"start_datetime": at(6), "duration": 240}
        preview = previewed(owner, truck, spiked, **window)
        make.spike(truck, spiked, **window)
        served = []
        for moment in preview["times"]:
            clock.move_to(moment)
            served.append(poller.data("Truck")["km"])
        assert served == line(preview, "km")["values"]


class TestNothingHappens:
    def test_it_writes_nothing_and_keeps_nobody_from_writing(self, owner, make, truck, queries):
        spike = make.spike(truck)
        for more in ({}, {"schedule_id": spike["id"]}):
            with queries() as seen:
                assert asked(owner, truck, hot(truck), **more).status_code == 200
            assert get_writes(seen) == []

    def test_no_counter_moves_and_no_schedule_comes(self, owner, make, truck):
        previewed(owner, truck, hot(truck))
        assert owner.get("/api/spike-schedules").json["total"] == 0
        assert make.key().data("Truck")["km"] == 10

    def test_the_saved_schedule_stays_as_it_was(self, owner, make, truck):
        spike = make.spike(truck, hot(truck))
        km = override_of(truck, "km", start_number=500)
        previewed(owner, truck, km, schedule_id=spike["id"], name="Other", duration=60)
        assert owner.get(f"/api/spike-schedules/{spike['id']}").json == spike

    def test_the_number_of_queries_is_the_same_for_many_fields(self, owner, make, truck, queries):
        with queries() as few:
            previewed(owner, truck)
        for _ in range(10):
            make.field(truck)
        with queries() as many:
            previewed(owner, truck)
        assert len(work(few)) == len(work(many))


class TestOfASavedSchedule:
    def test_what_is_absent_stays_as_it_is_saved(self, owner, make, truck):
        spike = make.spike(truck, hot(truck), start_datetime=at(30), duration=600)
        body = {"collection_id": truck["id"], "schedule_id": spike["id"]}
        preview = owner.post(PATH, body).json
        assert (preview["start_datetime"], preview["end_datetime"]) == (at(30), at(40))
        assert all(90 <= value <= 100 for value in phases(preview, "cpu")[1])

    def test_given_overrides_replace_the_saved_ones(self, owner, make, truck):
        spike = make.spike(truck, hot(truck))
        km = override_of(truck, "km", step_number=50)
        preview = previewed(owner, truck, km, schedule_id=spike["id"])
        assert not line(preview, "cpu")["is_overridden"]
        assert line(preview, "km")["is_overridden"]

    def test_a_counter_of_an_active_one_goes_on_where_it_stands(self, owner, make, truck):
        spike = make.spike(truck)
        poller = make.key()
        assert [poller.data("Truck")["km"] for _ in range(3)] == [10, 15, 20]
        preview = previewed(owner, truck, schedule_id=spike["id"], duration=60)
        assert phases(preview, "km")[1] == [25]

    def test_a_new_start_for_its_counter_begins_there(self, owner, make, truck):
        spike = make.spike(truck)
        make.key().data("Truck")
        km = override_of(truck, "km", start_number=500)
        preview = previewed(owner, truck, km, schedule_id=spike["id"], duration=60)
        assert phases(preview, "km")[1] == [500]

    def test_it_is_not_in_its_own_way(self, owner, make, truck):
        spike = make.spike(truck)
        assert previewed(owner, truck, schedule_id=spike["id"])["conflicts"] == []

    def test_an_expired_one_knows_the_fields_that_came_since(self, owner, make, truck, clock):
        spike = make.spike(truck, duration=60)
        clock.shift(60)
        make.field(truck, name="new")
        preview = previewed(owner, truck, schedule_id=spike["id"], duration=600)
        assert [field["field_name"] for field in preview["fields"]] == ["cpu", "km", "new"]

    def test_its_collection_cannot_be_another_one(self, owner, make, truck):
        spike = make.spike(truck)
        other = make.collection(None, {})
        assert list(faults(asked(owner, other, schedule_id=spike["id"]))) == ["collection_id"]

    def test_one_that_does_not_exist_is_not_found(self, owner, truck):
        refused(asked(owner, truck, schedule_id=999_999), 404)


class TestInTheWay:
    def test_an_overlap_is_told_not_refused(self, owner, make, truck):
        spike = make.spike(truck, name="Now", duration=600)
        preview = previewed(owner, truck)
        assert preview["conflicts"] == [
            {"id": spike["id"], "name": "Now", "start_datetime": at(0), "end_datetime": at(10)}
        ]
        assert preview["next_free_start"] == at(10)

    def test_it_is_what_the_refusal_of_creating_it_says(self, owner, make, truck):
        make.spike(truck, duration=600)
        make.spike(truck, start_datetime=at(12), duration=600)
        body = {"collection_id": truck["id"], "duration": 300}
        problem = refused(owner.post("/api/spike-schedules", body | {"name": "New"}), 409)
        preview = owner.post(PATH, body).json
        for member in ("conflicts", "next_free_start"):
            assert preview[member] == problem[member]

    def test_with_nothing_in_the_way_the_next_free_start_is_its_own(self, owner, truck):
        preview = previewed(owner, truck, start_datetime=at(7))
        assert (preview["conflicts"], preview["next_free_start"]) == ([], at(7))


@pytest.mark.any_database
class TestRefusals:
    @pytest.mark.parametrize(
        "draft",
        [
            {"duration": None},
            {"duration": 60, "end_datetime": at(9)},
            {"start_datetime": at(5), "end_datetime": at(4)},
            {"start_datetime": "soon"},
            {"name": " "},
            {"spike_fields": [{"original_field_id": 999_999}]},
            {"spike_fields": [{"original_field_id": "cpu", "range_start_number": 21}]},
            {"spike_fields": [{"original_field_id": "cpu", "step_number": 1}]},
            {"spike_fields": [{"original_field_id": "cpu"}, {"original_field_id": "cpu"}]},
            {"nonsense": 1},
        ],
        ids=str,
    )
    def test_the_faults_are_those_of_creating_it(self, owner, truck, draft):
        body = {"collection_id": truck["id"], "name": "New", "duration": 60} | draft
        if "end_datetime" in draft and "duration" not in draft:
            del body["duration"]
        for entry in body.get("spike_fields", []):
            if entry["original_field_id"] == "cpu":
                entry["original_field_id"] = truck["fields"][0]["id"]
        assert faults(owner.post(PATH, body)) == faults(owner.post("/api/spike-schedules", body))

    def test_a_window_in_the_past_is_no_fault(self, owner, truck):
        assert previewed(owner, truck, start_datetime=at(-60))["end_datetime"] == at(-55)

    def test_a_name_is_not_needed(self, owner, truck):
        assert asked(owner, truck).status_code == 200

    @pytest.mark.parametrize("interval", [0, -1, 86_401, 1.5, "60", None, True])
    def test_an_interval_is_1_to_86400_whole_seconds(self, owner, truck, interval):
        assert list(faults(asked(owner, truck, interval=interval))) == ["interval"]

    def test_a_collection_is_needed_that_exists_and_has_fields(self, owner, stranger, make, truck):
        assert list(faults(owner.post(PATH, {"duration": 60}))) == ["collection_id"]
        assert list(faults(asked(owner, make.collection()))) == ["collection_id"]
        refused(asked(stranger, truck), 404)

    def test_one_has_to_sign_in(self, nobody, truck):
        refused(asked(nobody, truck), 401)

    def test_a_viewer_may_look_at_what_they_own(self, admin, viewer, truck):
        admin.patch(f"/api/collections/{truck['id']}", {"owner_id": viewer.user_id})
        assert asked(viewer, truck).status_code == 200


class TestOfAScheduleAsItIs:
    def path(self, spike, query=""):
        return f"/api/spike-schedules/{spike['id']}/preview{query}"

    def test_it_shows_what_is_saved(self, owner, make, truck):
        spike = make.spike(truck, hot(truck), start_datetime=at(30), duration=600)
        preview = owner.get(self.path(spike)).json
        assert preview["phases"] == {"before": 5, "during": 10, "after": 5}
        assert (preview["start_datetime"], preview["end_datetime"]) == (at(30), at(40))
        assert all(90 <= value <= 100 for value in phases(preview, "cpu")[1])
        assert preview["conflicts"] == []

    def test_the_interval_may_be_said(self, owner, make, truck):
        spike = make.spike(truck, duration=600)
        assert owner.get(self.path(spike, "?interval=30")).json["phases"]["during"] == 20
        assert list(faults(owner.get(self.path(spike, "?interval=0")))) == ["interval"]

    def test_it_writes_nothing(self, owner, make, truck, queries):
        spike = make.spike(truck, hot(truck))
        with queries() as seen:
            assert owner.get(self.path(spike)).status_code == 200
        assert get_writes(seen) == []

    def test_an_expired_one_is_shown_with_the_fields_that_came_since(self, owner, make, truck, clock):
        spike = make.spike(truck, hot(truck), duration=60)
        clock.shift(60)
        make.field(truck, name="new")
        preview = owner.get(self.path(spike)).json
        assert [field["field_name"] for field in preview["fields"]] == ["cpu", "km", "new"]

    def test_one_that_was_ended_at_its_start_has_no_poll_in_its_window(self, owner, make, truck):
        spike = make.spike(truck)
        owner.post(f"/api/spike-schedules/{spike['id']}/end")
        preview = owner.get(self.path(spike)).json
        assert preview["phases"] == {"before": 5, "during": 0, "after": 5}
        assert line(preview, "cpu")["mean"]["during"] is None

    def test_who_may_look(self, admin, owner, stranger, nobody, make, truck):
        spike = make.spike(truck)
        assert admin.get(self.path(spike)).status_code == 200
        refused(stranger.get(self.path(spike)), 404)
        refused(nobody.get(self.path(spike)), 401)
        refused(owner.get("/api/spike-schedules/999999/preview"), 404)


def test_a_window_over_a_clock_change_keeps_its_pace(owner, truck):
    start = NOW.replace(month=10, day=25, hour=0, minute=30) + timedelta(days=365)
    preview = previewed(owner, truck, start_datetime=format_utc(start), duration=7200)
    steps = {later - earlier for earlier, later in zip(preview["times"], preview["times"][1:], strict=False)}
    assert steps == {60}
