"""A preview of an unsaved spike: what polls would return. Nothing is saved, and no counter advances."""

from datetime import timedelta

import pytest

from tests.conftest import NOW
from tests.support.previews import PATH, build_override, get_field, get_preview, hot, phases, post_preview
from tests.support.problems import faults, refused
from tests.support.statements import get_writes, work
from tests.support.timestamps import at, format_utc


class TestPolls:
    def test_five_minutes_are_five_polls_and_five_on_each_side(self, owner, truck):
        preview = get_preview(owner, truck)
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
        preview = get_preview(owner, truck, duration=duration, interval=interval)
        assert preview["phases"] == {"before": aside, "during": during, "after": aside}
        assert preview["interval"] == interval
        assert preview["polls_in_window"] == during

    @pytest.mark.parametrize("duration", [301, 86_400, 86_400 * 365 * 50, 253_000_000_000])
    def test_there_are_never_more_than_600_and_the_wider_interval_is_told(self, owner, truck, duration):
        start = "1970-02-01T00:00:00Z"
        preview = get_preview(owner, truck, start_datetime=start, duration=duration, interval=1)
        assert preview["phases"]["during"] >= 150
        assert len(preview["times"]) <= 600
        assert preview["interval"] == -(-duration // 300)
        assert preview["polls_in_window"] == duration
        assert sum(preview["phases"].values()) == len(preview["times"])

    def test_none_comes_before_1970(self, owner, truck):
        preview = get_preview(owner, truck, start_datetime="1970-01-01T00:02:00Z")
        assert preview["phases"] == {"before": 2, "during": 5, "after": 5}
        assert preview["times"][0] == 0

    def test_none_comes_after_9998(self, owner, truck):
        preview = get_preview(owner, truck, start_datetime="9998-12-31T23:54:00Z")
        assert preview["phases"] == {"before": 5, "during": 5, "after": 1}

    def test_a_start_with_a_fraction_is_told_in_whole_seconds_as_a_poll_does(self, owner, truck):
        preview = get_preview(owner, truck, start_datetime="2026-11-27T08:00:00.75Z")
        assert preview["times"][5] == int(NOW.timestamp())


class TestValues:
    def test_only_numeric_performance_fields_are_shown_each_with_a_value_for_every_poll(self, owner, truck):
        preview = get_preview(owner, truck, hot(truck))
        assert [field["field_name"] for field in preview["fields"]] == ["cpu", "km"]
        assert all(len(field["values"]) == len(preview["times"]) for field in preview["fields"])
        cpu = get_field(preview, "cpu")
        assert cpu["original_field_id"] == truck["fields"][0]["id"]
        assert (cpu["value_type"], cpu["is_overridden"]) == ("NUMBER_RANGE", True)
        assert not get_field(preview, "km")["is_overridden"]

    def test_the_override_shows_in_the_window_and_nowhere_else(self, owner, truck):
        before, during, after = phases(get_preview(owner, truck, hot(truck), duration=3600), "cpu")
        assert all(5 <= value <= 20 for value in before + after)
        assert all(90 <= value <= 100 for value in during)

    def test_normal_is_the_band_of_the_collections_own_rule(self, owner, truck):
        preview = get_preview(owner, truck, hot(truck))
        assert get_field(preview, "cpu")["normal"] == [5, 20]
        assert get_field(preview, "km")["normal"] is None

    def test_the_means_are_told(self, owner, make):
        collection = make.collection(None, {"value_type": "NUMBER_FIXED", "name": "cpu"})
        spiked = build_override(collection, "cpu", fixed_value_number=90)
        assert get_field(get_preview(owner, collection, spiked), "cpu")["mean"] == {
            "before": 7,
            "during": 90,
            "after": 7,
        }

    def test_the_mean_of_nothing_is_null(self, owner, truck):
        preview = get_preview(owner, truck, start_datetime="1970-01-01T00:00:00Z")
        assert get_field(preview, "cpu")["mean"]["before"] is None

    def test_the_largest_floats_have_a_mean(self, owner, make):
        settings = {"range_start_float": 1.7e308, "range_end_float": 1.7976931348623157e308}
        collection = make.collection(None, {"value_type": "FLOAT_RANGE", "name": "huge", **settings})
        mean = get_field(get_preview(owner, collection), "huge")["mean"]
        assert all(1.69e308 < number < 1.8e308 for number in mean.values())

    def test_a_counter_goes_on_in_the_window_and_behind_it(self, owner, make, truck):
        make.key().data("Truck")
        assert phases(get_preview(owner, truck), "km") == (
            [15, 20, 25, 30, 35],
            [40, 45, 50, 55, 60],
            [65, 70, 75, 80, 85],
        )

    def test_a_counter_that_resumes_goes_on_afterwards_where_it_stood(self, owner, make, truck):
        make.key().data("Truck")
        assert phases(get_preview(owner, truck, counters_after="resume"), "km")[2] == [40, 45, 50, 55, 60]

    def test_a_counter_with_a_start_of_its_own_continues_where_that_is_asked_for(self, owner, truck):
        own_start = build_override(truck, "km", start_number=500, step_number=1)
        _, during, after = phases(get_preview(owner, truck, own_start, counters_after="continue"), "km")
        assert (during[-1], after[0]) == (504, 509)

    def test_a_counter_with_a_start_of_its_own_begins_there(self, owner, truck):
        own_start = build_override(truck, "km", start_number=500, step_number=1)
        assert phases(get_preview(owner, truck, own_start), "km")[1] == [500, 501, 502, 503, 504]

    @pytest.mark.parametrize(
        "settings", [{}, {"step_number": 50}, {"start_number": 500}], ids=["as it is", "step", "start"]
    )
    def test_what_a_preview_tells_is_what_polls_then_get(self, owner, make, truck, clock, settings):
        spiked = build_override(truck, "km", **settings)
        poller = make.key()
        poller.data("Truck")
        window = {"start_datetime": at(6), "duration": 240}
        preview = get_preview(owner, truck, spiked, **window)
        make.spike(truck, spiked, **window)
        served = []
        for moment in preview["times"]:
            clock.move_to(moment)
            served.append(poller.data("Truck")["km"])
        assert served == get_field(preview, "km")["values"]


class TestNothingHappens:
    def test_it_writes_nothing_and_keeps_nobody_from_writing(self, owner, make, truck, queries):
        spike = make.spike(truck)
        for more in ({}, {"schedule_id": spike["id"]}):
            with queries() as seen:
                assert post_preview(owner, truck, hot(truck), **more).status_code == 200
            assert get_writes(seen) == []

    def test_no_counter_moves_and_no_schedule_comes(self, owner, make, truck):
        get_preview(owner, truck, hot(truck))
        assert owner.get("/api/spike-schedules").json["total"] == 0
        assert make.key().data("Truck")["km"] == 10

    def test_the_saved_schedule_stays_as_it_was(self, owner, make, truck):
        spike = make.spike(truck, hot(truck))
        km = build_override(truck, "km", start_number=500)
        get_preview(owner, truck, km, schedule_id=spike["id"], name="Other", duration=60)
        assert owner.get(f"/api/spike-schedules/{spike['id']}").json == spike

    def test_the_number_of_queries_is_the_same_for_many_fields(self, owner, make, truck, queries):
        with queries() as few:
            get_preview(owner, truck)
        for _ in range(10):
            make.field(truck)
        with queries() as many:
            get_preview(owner, truck)
        assert len(work(few)) == len(work(many))


class TestInTheWay:
    def test_an_overlap_is_told_not_refused(self, owner, make, truck):
        spike = make.spike(truck, name="Now", duration=600)
        preview = get_preview(owner, truck)
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
        preview = get_preview(owner, truck, start_datetime=at(7))
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
        assert get_preview(owner, truck, start_datetime=at(-60))["end_datetime"] == at(-55)

    def test_a_name_is_not_needed(self, owner, truck):
        assert post_preview(owner, truck).status_code == 200

    @pytest.mark.parametrize("interval", [0, -1, 86_401, 1.5, "60", None, True])
    def test_an_interval_is_1_to_86400_whole_seconds(self, owner, truck, interval):
        assert list(faults(post_preview(owner, truck, interval=interval))) == ["interval"]

    def test_a_collection_is_needed_that_exists_and_has_fields(self, owner, stranger, make, truck):
        assert list(faults(owner.post(PATH, {"duration": 60}))) == ["collection_id"]
        assert list(faults(post_preview(owner, make.collection()))) == ["collection_id"]
        refused(post_preview(stranger, truck), 404)

    def test_one_has_to_sign_in(self, nobody, truck):
        refused(post_preview(nobody, truck), 401)

    def test_a_viewer_may_look_at_what_they_own(self, admin, viewer, truck):
        admin.patch(f"/api/collections/{truck['id']}", {"owner_id": viewer.user_id})
        assert post_preview(viewer, truck).status_code == 200


def test_a_window_over_a_clock_change_keeps_its_pace(owner, truck):
    start = NOW.replace(month=10, day=25, hour=0, minute=30) + timedelta(days=365)
    preview = get_preview(owner, truck, start_datetime=format_utc(start), duration=7200)
    steps = {later - earlier for earlier, later in zip(preview["times"], preview["times"][1:], strict=False)}
    assert steps == {60}
