"""PATCH /api/spike-schedules/{id}: the window."""

import pytest

from tests.support.api_requests import get_spike, patch_spike
from tests.support.problems import faults, refused
from tests.support.timestamps import at


@pytest.mark.parametrize(
    ("changes", "start", "end"),
    [
        pytest.param({"start_datetime": at(90)}, 90, 120, id="only the start"),
        pytest.param({"end_datetime": at(150)}, 60, 150, id="only the end"),
        pytest.param({"duration": 1800}, 60, 90, id="only the duration"),
        pytest.param({"start_datetime": at(70), "duration": 600}, 70, 80, id="start and duration"),
        pytest.param({"start_datetime": at(200), "end_datetime": at(300)}, 200, 300, id="both ends"),
        pytest.param({"start_datetime": at(-60)}, -60, 120, id="a start in the past"),
        pytest.param(
            {"start_datetime": at(70), "end_datetime": at(130)}, 70, 130, id="overlapping its old window"
        ),
        pytest.param({"start_datetime": "2026-11-27T11:30:00+02:00"}, 90, 120, id="with an offset"),
    ],
)
def test_start_and_end_may_be_changed(owner, spike, changes, start, end):
    response = patch_spike(owner, spike, **changes)
    status = "active" if start <= 0 else "scheduled"
    assert response.status_code == 200, response.text
    moved = {"start_datetime": at(start), "end_datetime": at(end), "status": status}
    assert response.json == spike | moved


@pytest.mark.parametrize(
    ("changes", "path", "message"),
    [
        (
            {"start_datetime": at(120)},
            "start_datetime",
            f"end_datetime must be after start_datetime ({at(120)} is not after {at(120)})",
        ),
        (
            {"start_datetime": at(180)},
            "start_datetime",
            f"end_datetime must be after start_datetime ({at(120)} is not after {at(180)})",
        ),
        (
            {"end_datetime": at(60)},
            "end_datetime",
            f"end_datetime must be after start_datetime ({at(60)} is not after {at(60)})",
        ),
        (
            {"end_datetime": at(30)},
            "end_datetime",
            f"end_datetime must be after start_datetime ({at(30)} is not after {at(60)})",
        ),
        (
            {"start_datetime": at(-60), "end_datetime": at(0)},
            "end_datetime",
            f"end_datetime must be in the future ({at(0)} is in the past)",
        ),
        (
            {"start_datetime": at(-60), "duration": 3600},
            "duration",
            f"end_datetime must be in the future ({at(0)} is in the past)",
        ),
    ],
)
def test_the_merged_window_is_validated_and_the_error_names_the_given_key(
    owner, spike, changes, path, message
):
    assert faults(patch_spike(owner, spike, **changes)) == {path: [message]}
    assert get_spike(owner, spike) == spike


def test_end_and_duration_together_are_refused(owner, spike):
    errors = faults(patch_spike(owner, spike, end_datetime=at(150), duration=60))
    assert errors == {"duration": ["give end_datetime or duration, not both"]}


def test_an_overlap_with_another_spike_is_refused(owner, spike, make, truck):
    other = make.spike(truck, name="Later", start_datetime=at(200), end_datetime=at(220))
    problem = refused(patch_spike(owner, spike, end_datetime=at(201), name="Longer"), 409)
    names = ("id", "name", "start_datetime", "end_datetime")
    assert problem["conflicts"] == [{name: other[name] for name in names}]
    assert get_spike(owner, spike) == spike


def test_a_spike_may_end_when_the_next_one_starts(owner, spike, make, truck):
    make.spike(truck, start_datetime=at(200), end_datetime=at(220))
    assert patch_spike(owner, spike, end_datetime=at(200)).status_code == 200
