"""DELETE /api/rehearsals/{id}: only of a spike that is over."""

import pytest

from tests.support.problems import refused
from tests.support.receipts import add_receipt
from tests.support.timestamps import at


def test_the_record_of_a_past_spike_is_deleted_with_its_polls(app, owner, make, truck, clock):
    spike = make.spike(truck, duration=60)
    add_receipt(app, spike["rehearsal_id"])
    clock.shift(60)
    path = f"/api/rehearsals/{spike['rehearsal_id']}"
    assert owner.delete(path).status_code == 204
    refused(owner.get(path), 404)


def test_the_record_of_a_cancelled_spike_is_deleted(owner, make, truck):
    spike = make.spike(truck, start_datetime=at(10))
    owner.delete(f"/api/spike-schedules/{spike['id']}")
    assert owner.delete(f"/api/rehearsals/{spike['rehearsal_id']}").status_code == 204


@pytest.mark.parametrize(("start", "state"), [(0, "running"), (10, "scheduled")])
def test_the_record_of_a_spike_that_is_not_over_is_kept(owner, make, truck, start, state):
    spike = make.spike(truck, name="Drill", start_datetime=at(start), end_datetime=at(20))
    problem = refused(owner.delete(f"/api/rehearsals/{spike['rehearsal_id']}"), 409)
    assert problem["type"].endswith("not-over")
    assert problem["detail"] == (
        "Only the record of a spike that is over can be deleted. 'Drill' is "
        f"{state} and ends at {at(20)}; delete or end the spike first."
    )


def test_an_outdated_etag_is_refused(owner, make, truck, clock):
    spike = make.spike(truck, duration=60)
    clock.shift(60)
    path = f"/api/rehearsals/{spike['rehearsal_id']}"
    refused(owner.delete(path, headers={"If-Match": '"stale"'}), 412)
    etag = owner.get(path).headers["ETag"]
    assert owner.delete(path, headers={"If-Match": etag}).status_code == 204
