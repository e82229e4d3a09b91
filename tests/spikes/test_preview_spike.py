"""A preview of an unsaved spike: what polls would return. Nothing is saved, and no counter advances."""

from datetime import timedelta

import pytest

from tests.conftest import NOW
from tests.support.previews import PATH, build_override, get_field, get_preview, hot, phases, post_preview
from tests.support.problems import faults, refused
from tests.support.statements import get_writes, work
from tests.support.timestamps import at, format_utc


class TestPolls:
    def test_a_five_minute_window_has_five_polls_and_five_on_each_side(self, owner, truck):
        preview = get_preview(owner, truck)
        assert preview["phases"] == {"before": 5, "during": 5, "after": 5}
        assert (preview["interval"], preview["polls_in_window"]) == (60, 5)
        assert (preview["start_datetime"], preview["end_datetime"]) == (at(0), at(5))
        start = int(NOW.timestamp())
        assert preview["times"] == list(range(start - 300, start + 600, 60))

    @pytest.mark.parametrize(
        ("duration", "interval", "during", "on_each_side"),
        [
            (300, 10, 30, 15),
            (301, 60, 6, 5),
            (1, 60, 1, 5),
            (3600, 86400, 1, 5),
            (3600, 60, 60, 30),
            (300 * 60, 60, 300, 150),
        ],
    )
    def test_each_side_has_half_as_many_polls_as_the_window_but_at_least_five(
        self, owner, truck, duration, interval, during, on_each_side
    ):
        preview = get_preview(owner, truck, duration=duration, interval=interval)
        assert preview["phases"] == {"before": on_each_side, "during": during, "after": on_each_side}
        assert preview["interval"] == interval
        assert preview["polls_in_window"] == during

    @pytest.mark.parametrize("duration", [301, 86_400, 86_400 * 365 * 50, 253_000_000_000])
    def test_a_preview_has_at_most_600_polls_and_widens_the_interval(self, owner, truck, duration):
        start = "1970-02-01T00:00:00Z"
        preview = get_preview(owner, truck, start_datetime=start, duration=duration, interval=1)
        assert preview["phases"]["during"] >= 150
        assert len(preview["times"]) <= 600
        assert preview["interval"] == -(-duration // 300)
        assert preview["polls_in_window"] == duration
        assert sum(preview["phases"].values()) == len(preview["times"])

    def test_no_poll_is_before_1970(self, owner, truck):
        preview = get_preview(owner, truck, start_datetime="1970-01-01T00:02:00Z")
        assert preview["phases"] == {"before": 2, "during": 5, "after": 5}
        assert preview["times"][0] == 0

    def test_no_poll_is_after_9998(self, owner, truck):
        preview = get_preview(owner, truck, start_datetime="9998-12-31T23:54:00Z")
        assert preview["phases"] == {"before": 5, "during": 5, "after": 1}

    def test_the_time_of_a_poll_is_rounded_down_to_whole_seconds(self, owner, truck):
        preview = get_preview(owner, truck, start_datetime="2026-11-27T08:00:00.75Z")
        assert preview["times"][5] == int(NOW.timestamp())


class TestValues:
    def test_only_numeric_performance_fields_are_shown_with_one_value_per_poll(self, owner, truck):
        preview = get_preview(owner, truck, hot(truck))
        assert [field["field_name"] for field in preview["fields"]] == ["cpu", "km"]
        assert all(len(field["values"]) == len(preview["times"]) for field in preview["fields"])
        cpu = get_field(preview, "cpu")
        assert cpu["original_field_id"] == truck["fields"][0]["id"]
        assert (cpu["value_type"], cpu["is_overridden"]) == ("NUMBER_RANGE", True)
        assert not get_field(preview, "km")["is_overridden"]

    def test_an_override_changes_the_values_in_the_window_only(self, owner, truck):
        before, during, after = phases(get_preview(owner, truck, hot(truck), duration=3600), "cpu")
        assert all(5 <= value <= 20 for value in before + after)
        assert all(90 <= value <= 100 for value in during)

    def test_the_normal_range_is_that_of_the_original_field(self, owner, truck):
        preview = get_preview(owner, truck, hot(truck))
        assert get_field(preview, "cpu")["normal"] == [5, 20]
        assert get_field(preview, "km")["normal"] is None

    def test_the_mean_of_each_phase_is_included(self, owner, make):
        collection = make.collection(None, {"value_type": "NUMBER_FIXED", "name": "cpu"})
        spiked = build_override(collection, "cpu", fixed_value_number=90)
        assert get_field(get_preview(owner, collection, spiked), "cpu")["mean"] == {
            "before": 7,
            "during": 90,
            "after": 7,
        }

    def test_the_mean_of_a_phase_without_polls_is_null(self, owner, truck):
        preview = get_preview(owner, truck, start_datetime="1970-01-01T00:00:00Z")
        assert get_field(preview, "cpu")["mean"]["before"] is None

    def test_the_mean_of_the_largest_floats_does_not_overflow(self, owner, make):
        settings = {"range_start_float": 1.7e308, "range_end_float": 1.7976931348623157e308}
        collection = make.collection(None, {"value_type": "FLOAT_RANGE", "name": "huge", **settings})
        mean = get_field(get_preview(owner, collection), "huge")["mean"]
        assert all(1.69e308 < number < 1.8e308 for number in mean.values())

    def test_a_counter_continues_in_the_window_and_after_it(self, owner, make, truck):
        make.key().data("Truck")
        assert phases(get_preview(owner, truck), "km") == (
            [15, 20, 25, 30, 35],
            [40, 45, 50, 55, 60],
            [65, 70, 75, 80, 85],
        )

    def test_a_counter_that_resumes_continues_after_the_window_from_its_number_before_it(
        self, owner, make, truck
    ):
        make.key().data("Truck")
        assert phases(get_preview(owner, truck, counters_after="resume"), "km")[2] == [40, 45, 50, 55, 60]

    def test_a_counter_with_an_overridden_start_number_continues_after_the_window_on_request(
        self, owner, truck
    ):
        own_start = build_override(truck, "km", start_number=500, step_number=1)
        _, during, after = phases(get_preview(owner, truck, own_start, counters_after="continue"), "km")
        assert (during[-1], after[0]) == (504, 509)

    def test_a_counter_with_an_overridden_start_number_starts_there(self, owner, truck):
        own_start = build_override(truck, "km", start_number=500, step_number=1)
        assert phases(get_preview(owner, truck, own_start), "km")[1] == [500, 501, 502, 503, 504]

    @pytest.mark.parametrize(
        "settings",
        [{}, {"step_number": 50}, {"start_number": 500}],
        ids=["no override", "step number", "start number"],
    )
    def test_polls_return_the_values_of_the_preview(self, owner, make, truck, clock, settings):
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


class TestNoSideEffects:
    def test_a_preview_writes_nothing(self, owner, make, truck, queries):
        spike = make.spike(truck)
        for more in ({}, {"schedule_id": spike["id"]}):
            with queries() as seen:
                assert post_preview(owner, truck, hot(truck), **more).status_code == 200
            assert get_writes(seen) == []

    def test_a_preview_advances_no_counter_and_creates_no_spike(self, owner, make, truck):
        get_preview(owner, truck, hot(truck))
        assert owner.get("/api/spike-schedules").json["total"] == 0
        assert make.key().data("Truck")["km"] == 10

    def test_a_preview_does_not_change_the_saved_spike(self, owner, make, truck):
        spike = make.spike(truck, hot(truck))
        km = build_override(truck, "km", start_number=500)
        get_preview(owner, truck, km, schedule_id=spike["id"], name="Other", duration=60)
        assert owner.get(f"/api/spike-schedules/{spike['id']}").json == spike

    def test_the_number_of_queries_does_not_grow_with_the_number_of_fields(self, owner, make, truck, queries):
        with queries() as few:
            get_preview(owner, truck)
        for _ in range(10):
            make.field(truck)
        with queries() as many:
            get_preview(owner, truck)
        assert len(work(few)) == len(work(many))


class TestConflicts:
    def test_an_overlap_is_reported_as_a_conflict_and_not_refused(self, owner, make, truck):
        spike = make.spike(truck, name="Now", duration=600)
        preview = get_preview(owner, truck)
        assert preview["conflicts"] == [
            {"id": spike["id"], "name": "Now", "start_datetime": at(0), "end_datetime": at(10)}
        ]
        assert preview["next_free_start"] == at(10)

    def test_conflicts_and_next_free_start_are_those_of_a_refused_create(self, owner, make, truck):
        make.spike(truck, duration=600)
        make.spike(truck, start_datetime=at(12), duration=600)
        body = {"collection_id": truck["id"], "duration": 300}
        problem = refused(owner.post("/api/spike-schedules", body | {"name": "New"}), 409)
        preview = owner.post(PATH, body).json
        for member in ("conflicts", "next_free_start"):
            assert preview[member] == problem[member]

    def test_without_conflicts_the_next_free_start_is_the_start_of_the_spike(self, owner, truck):
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
    def test_a_preview_reports_the_errors_of_a_create(self, owner, truck, draft):
        body = {"collection_id": truck["id"], "name": "New", "duration": 60} | draft
        if "end_datetime" in draft and "duration" not in draft:
            del body["duration"]
        for entry in body.get("spike_fields", []):
            if entry["original_field_id"] == "cpu":
                entry["original_field_id"] = truck["fields"][0]["id"]
        assert faults(owner.post(PATH, body)) == faults(owner.post("/api/spike-schedules", body))

    def test_a_window_in_the_past_may_be_previewed(self, owner, truck):
        assert get_preview(owner, truck, start_datetime=at(-60))["end_datetime"] == at(-55)

    def test_a_name_is_optional(self, owner, truck):
        assert post_preview(owner, truck).status_code == 200

    @pytest.mark.parametrize("interval", [0, -1, 86_401, 1.5, "60", None, True])
    def test_an_interval_that_is_not_1_to_86400_whole_seconds_is_refused(self, owner, truck, interval):
        assert list(faults(post_preview(owner, truck, interval=interval))) == ["interval"]

    def test_a_preview_requires_a_visible_collection_with_fields(self, owner, stranger, make, truck):
        assert list(faults(owner.post(PATH, {"duration": 60}))) == ["collection_id"]
        assert list(faults(post_preview(owner, make.collection()))) == ["collection_id"]
        refused(post_preview(stranger, truck), 404)

    def test_a_preview_requires_a_sign_in(self, nobody, truck):
        refused(post_preview(nobody, truck), 401)

    def test_a_viewer_may_preview_spikes_of_their_own_collection(self, admin, viewer, truck):
        admin.patch(f"/api/collections/{truck['id']}", {"owner_id": viewer.user_id})
        assert post_preview(viewer, truck).status_code == 200


def test_the_interval_is_constant_across_a_daylight_saving_change(owner, truck):
    start = NOW.replace(month=10, day=25, hour=0, minute=30) + timedelta(days=365)
    preview = get_preview(owner, truck, start_datetime=format_utc(start), duration=7200)
    steps = {later - earlier for earlier, later in zip(preview["times"], preview["times"][1:], strict=False)}
    assert steps == {60}
