"""Previews of a saved spike: with unsaved changes, and unchanged."""

from tests.support.previews import PATH, build_override, get_field, get_preview, hot, phases, post_preview
from tests.support.problems import faults, refused
from tests.support.statements import get_writes
from tests.support.timestamps import at


class TestUnsavedChanges:
    def test_absent_keys_default_to_the_saved_values(self, owner, make, truck):
        spike = make.spike(truck, hot(truck), start_datetime=at(30), duration=600)
        body = {"collection_id": truck["id"], "schedule_id": spike["id"]}
        preview = owner.post(PATH, body).json
        assert (preview["start_datetime"], preview["end_datetime"]) == (at(30), at(40))
        assert all(90 <= value <= 100 for value in phases(preview, "cpu")[1])

    def test_given_overrides_replace_the_saved_ones(self, owner, make, truck):
        spike = make.spike(truck, hot(truck))
        km = build_override(truck, "km", step_number=50)
        preview = get_preview(owner, truck, km, schedule_id=spike["id"])
        assert not get_field(preview, "cpu")["is_overridden"]
        assert get_field(preview, "km")["is_overridden"]

    def test_a_counter_of_an_active_spike_continues_from_its_current_number(self, owner, make, truck):
        spike = make.spike(truck)
        poller = make.key()
        assert [poller.data("Truck")["km"] for _ in range(3)] == [10, 15, 20]
        preview = get_preview(owner, truck, schedule_id=spike["id"], duration=60)
        assert phases(preview, "km")[1] == [25]

    def test_a_counter_with_a_new_start_number_restarts_there(self, owner, make, truck):
        spike = make.spike(truck)
        make.key().data("Truck")
        km = build_override(truck, "km", start_number=500)
        preview = get_preview(owner, truck, km, schedule_id=spike["id"], duration=60)
        assert phases(preview, "km")[1] == [500]

    def test_a_saved_spike_does_not_conflict_with_itself(self, owner, make, truck):
        spike = make.spike(truck)
        assert get_preview(owner, truck, schedule_id=spike["id"])["conflicts"] == []

    def test_an_expired_spike_includes_fields_added_since(self, owner, make, truck, clock):
        spike = make.spike(truck, duration=60)
        clock.shift(60)
        make.field(truck, name="new")
        preview = get_preview(owner, truck, schedule_id=spike["id"], duration=600)
        assert [field["field_name"] for field in preview["fields"]] == ["cpu", "km", "new"]

    def test_the_collection_of_a_saved_spike_cannot_be_changed(self, owner, make, truck):
        spike = make.spike(truck)
        other = make.collection(None, {})
        assert list(faults(post_preview(owner, other, schedule_id=spike["id"]))) == ["collection_id"]

    def test_a_spike_that_does_not_exist_is_not_found(self, owner, truck):
        refused(post_preview(owner, truck, schedule_id=999_999), 404)


class TestUnchangedSpike:
    def path(self, spike, query=""):
        return f"/api/spike-schedules/{spike['id']}/preview{query}"

    def test_a_preview_shows_the_saved_spike(self, owner, make, truck):
        spike = make.spike(truck, hot(truck), start_datetime=at(30), duration=600)
        preview = owner.get(self.path(spike)).json
        assert preview["phases"] == {"before": 5, "during": 10, "after": 5}
        assert (preview["start_datetime"], preview["end_datetime"]) == (at(30), at(40))
        assert all(90 <= value <= 100 for value in phases(preview, "cpu")[1])
        assert preview["conflicts"] == []

    def test_the_interval_may_be_given(self, owner, make, truck):
        spike = make.spike(truck, duration=600)
        assert owner.get(self.path(spike, "?interval=30")).json["phases"]["during"] == 20
        assert list(faults(owner.get(self.path(spike, "?interval=0")))) == ["interval"]

    def test_a_preview_writes_nothing(self, owner, make, truck, queries):
        spike = make.spike(truck, hot(truck))
        with queries() as seen:
            assert owner.get(self.path(spike)).status_code == 200
        assert get_writes(seen) == []

    def test_the_preview_of_an_expired_spike_includes_fields_added_since(self, owner, make, truck, clock):
        spike = make.spike(truck, hot(truck), duration=60)
        clock.shift(60)
        make.field(truck, name="new")
        preview = owner.get(self.path(spike)).json
        assert [field["field_name"] for field in preview["fields"]] == ["cpu", "km", "new"]

    def test_a_spike_that_was_ended_at_its_start_has_no_poll_in_its_window(self, owner, make, truck):
        spike = make.spike(truck)
        owner.post(f"/api/spike-schedules/{spike['id']}/end")
        preview = owner.get(self.path(spike)).json
        assert preview["phases"] == {"before": 5, "during": 0, "after": 5}
        assert get_field(preview, "cpu")["mean"]["during"] is None

    def test_owners_and_admins_may_preview_a_saved_spike(self, admin, owner, stranger, nobody, make, truck):
        spike = make.spike(truck)
        assert admin.get(self.path(spike)).status_code == 200
        refused(stranger.get(self.path(spike)), 404)
        refused(nobody.get(self.path(spike)), 401)
        refused(owner.get("/api/spike-schedules/999999/preview"), 404)
