"""What a spike is to rehearse: in POST and PATCH /api/spike-schedules, and PATCH /api/rehearsals/{id}."""

import pytest

from tests.support.problems import faults, refused
from tests.support.rehearsals import expect, expect_quiet
from tests.support.timestamps import at

DEFAULTS = {"within": 600, "counts_from": 0, "resolve_within": 900, "at_most": 1, "holds": False}


def settings(rehearsal):
    """Return the settings of the expectations: those of their kind, without what came of them."""
    names = {"fires": ("kind", "match", *DEFAULTS), "quiet": ("kind", "match", "until")}
    return [{name: each[name] for name in names[each["kind"]]} for each in rehearsal["expectations"]]


# --- With a new spike ----------------------------------------------------------------------------------


def test_a_spike_can_expect_alerts(rehearse, receiver, get_rehearsal):
    spike = rehearse(
        {"match": {"alertname": "EngineHot", "severity": "page"}, "within": 180, "at_most": 2, "holds": True},
        {"kind": "quiet", "match": {"alertname": "TruckDown"}, "until": 60},
        rehearsal={"scope": {"instance": "truck-01"}, "fail_on_unexpected": True},
        external_id="ci-4711",
    )
    rehearsal = get_rehearsal(spike)
    assert settings(rehearsal) == [
        DEFAULTS
        | {
            "kind": "fires",
            "match": {"alertname": "EngineHot", "severity": "page"},
            "within": 180,
            "at_most": 2,
            "holds": True,
        },
        {"kind": "quiet", "match": {"alertname": "TruckDown"}, "until": 60},
    ]
    assert rehearsal["receiver"] == {"id": receiver.id, "name": "Alertmanager"}
    assert rehearsal["scope"] == {"instance": "truck-01"}
    assert rehearsal["fail_on_unexpected"] is True
    assert rehearsal["external_id"] == "ci-4711"
    assert rehearsal["decided_by"] == at(25)  # ten minutes, and 900 seconds to resolve


def test_an_expectation_has_defaults(rehearse, get_rehearsal):
    rehearsal = get_rehearsal(rehearse({}))
    assert settings(rehearsal) == [DEFAULTS | {"kind": "fires", "match": {}}]
    assert (rehearsal["scope"], rehearsal["fail_on_unexpected"]) == ({}, False)


def test_a_spike_without_expectations_is_only_recorded(make, truck, get_rehearsal):
    rehearsal = get_rehearsal(make.spike(truck, external_id="ci-4711"))
    assert rehearsal["expectations"] == []
    nothing = ("receiver", "scope", "decided_by", "settled_at", "passed", "delay", "timeliness")
    assert {rehearsal[name] for name in nothing} == {None}
    assert rehearsal["external_id"] == "ci-4711"


def test_null_expects_nothing(make, truck, get_rehearsal):
    assert get_rehearsal(make.spike(truck, rehearsal=None))["expectations"] == []


@pytest.mark.parametrize(
    ("rehearsal", "errors"),
    [
        ({"receiver_id": 99}, {"receiver_id": "there is no receiver 99"}),
        ({"receiver_id": None}, {"receiver_id": "must not be null"}),
        ({"expectations": []}, {"expectations": "must have 1 to 20 entries"}),
        ({"expectations": [{}] * 21}, {"expectations": "must have 1 to 20 entries"}),
        ({"expectations": [{"within": 0}]}, {"expectations.0.within": "must be between 1 and 86400"}),
        ({"expectations": [{"within": 86401}]}, {"expectations.0.within": "must be between 1 and 86400"}),
        ({"expectations": [{"within": 1.5}]}, {"expectations.0.within": "must be a whole number"}),
        ({"expectations": [{"within": "60"}]}, {"expectations.0.within": "must be a whole number"}),
        ({"expectations": [{"at_most": 0}]}, {"expectations.0.at_most": "must be between 1 and 100"}),
        (
            {"expectations": [{"counts_from": 601}]},
            {"expectations.0.counts_from": "lies after the window's end (600 s)"},
        ),
        (
            {"expectations": [{}, {"kind": "quiet", "at_most": 1}]},
            {"expectations.1.at_most": "does not belong to quiet, which takes match and until"},
        ),
        (
            {"expectations": [{"until": 60}]},
            {
                "expectations.0.until": "does not belong to fires, which takes match, within, counts_from, "
                "resolve_within, at_most and holds"
            },
        ),
        ({"expectations": [{"kind": "pending"}]}, {"expectations.0.kind": "must be one of fires, quiet"}),
        ({"expectations": [{"match": {"a": 1}}]}, {"expectations.0.match.a": "must be a text"}),
        (
            {"expectations": [{"match": {"x" * 201: "1"}}]},
            {
                f"expectations.0.match.{'x' * 100}…": "a label has 1 to 200 characters, without NUL",
            },
        ),
        ({"scope": []}, {"scope": "must be an object of labels and texts"}),
        ({"fail_on_unexpected": 1}, {"fail_on_unexpected": "must be true or false"}),
        ({"expect": []}, {"expect": "is not a known key"}),
    ],
)
def test_wrong_expectations_are_refused(owner, truck, receiver, rehearsal, errors):
    body = {"collection_id": truck["id"], "name": "Spike", "duration": 600}
    expected = {"receiver_id": receiver.id, "expectations": [{}]} | rehearsal
    found = faults(owner.post("/api/spike-schedules", body | {"rehearsal": expected}))
    assert found == {f"rehearsal.{path}": [message] for path, message in errors.items()}


def test_all_errors_of_a_spike_are_told_at_once(owner, truck, receiver):
    body = {
        "collection_id": truck["id"],
        "name": "",
        "duration": 0,
        "external_id": "x" * 129,
        "rehearsal": {"receiver_id": 99, "expectations": [{"within": 0}, {"kind": "quiet", "within": 1}]},
    }
    assert faults(owner.post("/api/spike-schedules", body)).keys() == {
        "name",
        "duration",
        "external_id",
        "rehearsal.receiver_id",
        "rehearsal.expectations.0.within",
        "rehearsal.expectations.1.within",
    }


def test_expectations_are_required(owner, truck, receiver):
    body = {"collection_id": truck["id"], "name": "Spike", "duration": 600, "rehearsal": {}}
    assert faults(owner.post("/api/spike-schedules", body)) == {
        "rehearsal.receiver_id": ["is required"],
        "rehearsal.expectations": ["is required"],
    }


def test_the_receiver_has_to_be_ones_own(admin, stranger, truck, owner, receiver, make):
    body = {"collection_id": truck["id"], "name": "Spike", "duration": 600}
    theirs = stranger.post("/api/alert-receivers", {"name": "Theirs"}).json
    expected = {"receiver_id": theirs["id"], "expectations": [{}]}
    errors = faults(owner.post("/api/spike-schedules", body | {"rehearsal": expected}))
    assert errors == {"rehearsal.receiver_id": [f"there is no receiver {theirs['id']}"]}
    assert admin.post("/api/spike-schedules", body | {"rehearsal": expected}).status_code == 201


def test_a_revoked_receiver_is_refused(owner, rehearse, truck, receiver):
    owner.post(f"{receiver.path}/revoke")
    body = {"collection_id": truck["id"], "name": "Spike", "duration": 600}
    expected = {"receiver_id": receiver.id, "expectations": [{}]}
    errors = faults(owner.post("/api/spike-schedules", body | {"rehearsal": expected}))
    assert errors == {
        "rehearsal.receiver_id": ["the receiver 'Alertmanager' is revoked; give it a new token first"]
    }


# --- Changes -------------------------------------------------------------------------------------------


def test_a_spikes_expectations_can_be_changed(owner, rehearse, get_rehearsal):
    spike = rehearse()
    path = f"/api/spike-schedules/{spike['id']}"
    owner.patch(path, {"rehearsal": {"expectations": [expect("TruckDown"), expect_quiet("EngineHot")]}})
    rehearsal = get_rehearsal(spike)
    assert [each["match"]["alertname"] for each in rehearsal["expectations"]] == ["TruckDown", "EngineHot"]
    owner.patch(path, {"rehearsal": {"scope": {"a": "b"}}, "external_id": "two"})
    changed = get_rehearsal(spike)
    assert settings(changed) == settings(rehearsal)
    assert (changed["scope"], changed["external_id"]) == ({"a": "b"}, "two")


def test_a_spike_that_expected_nothing_can_begin_to(owner, make, truck, receiver, get_rehearsal):
    spike = make.spike(truck)
    body = {"rehearsal": {"receiver_id": receiver.id, "expectations": [expect()]}}
    assert owner.patch(f"/api/spike-schedules/{spike['id']}", body).status_code == 200
    assert len(get_rehearsal(spike)["expectations"]) == 1


def test_null_removes_the_expectations(owner, rehearse, get_rehearsal):
    spike = rehearse()
    assert owner.patch(f"/api/spike-schedules/{spike['id']}", {"rehearsal": None}).status_code == 200
    rehearsal = get_rehearsal(spike)
    assert (rehearsal["expectations"], rehearsal["receiver"], rehearsal["decided_by"]) == ([], None, None)


def test_a_change_of_something_else_keeps_the_expectations(owner, rehearse, get_rehearsal):
    spike = rehearse()
    before = get_rehearsal(spike)["expectations"]
    owner.patch(f"/api/spike-schedules/{spike['id']}", {"name": "Renamed"})
    assert get_rehearsal(spike)["expectations"] == before


def test_a_moved_spike_is_decided_later(owner, rehearse, get_rehearsal):
    spike = rehearse()
    assert get_rehearsal(spike)["decided_by"] == at(11)
    owner.patch(f"/api/spike-schedules/{spike['id']}", {"start_datetime": at(5), "duration": 600})
    assert get_rehearsal(spike)["decided_by"] == at(16)
    owner.post(f"/api/spike-schedules/{spike['id']}/extend", {"duration": 60})
    assert get_rehearsal(spike)["decided_by"] == at(17)


def test_another_users_receiver_may_stay(admin, owner, truck, get_rehearsal):
    theirs = admin.post("/api/alert-receivers", {"name": "Ops"}).json
    expected = {"receiver_id": theirs["id"], "expectations": [{}]}
    body = {"collection_id": truck["id"], "name": "Spike", "duration": 600, "rehearsal": expected}
    spike = admin.post("/api/spike-schedules", body).json
    path = f"/api/spike-schedules/{spike['id']}"
    assert owner.patch(path, {"rehearsal": expected | {"scope": {"a": "b"}}}).status_code == 200
    assert get_rehearsal(spike)["receiver"] == {"id": theirs["id"], "name": "Ops"}


def test_the_audit_log_says_that_expectations_changed(owner, admin, rehearse):
    spike = rehearse()
    owner.patch(f"/api/spike-schedules/{spike['id']}", {"rehearsal": {"scope": {"a": "b"}}})
    changed, created = admin.get("/api/audit?action=change-spike").json["items"], None
    assert changed[0]["details"] == {"changed": {"rehearsal": None}}
    (created,) = admin.get("/api/audit?action=create-spike").json["items"]
    assert created["details"]["expectations"] == 1


# --- PATCH /api/rehearsals/{id} ------------------------------------------------------------------------


def test_a_rehearsals_expectations_can_be_changed(owner, rehearse):
    path = f"/api/rehearsals/{rehearse()['rehearsal_id']}"
    changed = owner.patch(path, {"expectations": [expect_quiet()], "external_id": "run 2"})
    assert changed.status_code == 200, changed.text
    assert [each["kind"] for each in changed.json["expectations"]] == ["quiet"]
    assert changed.json["external_id"] == "run 2"
    assert changed.json == owner.get(path).json
    assert changed.headers["ETag"] == owner.get(path).headers["ETag"]


def test_a_rehearsals_errors_are_told_by_path(owner, rehearse):
    path = f"/api/rehearsals/{rehearse()['rehearsal_id']}"
    body = {"receiver_id": 99, "expectations": [{"kind": "quiet", "within": 5}], "name": "x"}
    assert faults(owner.patch(path, body)).keys() == {"receiver_id", "expectations.0.within", "name"}


def test_a_change_needs_the_current_etag_if_it_names_one(owner, rehearse):
    path = f"/api/rehearsals/{rehearse()['rehearsal_id']}"
    old = owner.get(path).headers["ETag"]
    assert owner.patch(path, {"expectations": [expect_quiet()]}).headers["ETag"] != old
    refused(owner.patch(path, {"external_id": "x"}, headers={"If-Match": old}), 412)


def test_a_settled_rehearsal_cannot_be_changed(owner, rehearse, clock):
    path = f"/api/rehearsals/{rehearse()['rehearsal_id']}"
    clock.move_to(at(11))
    problem = refused(owner.patch(path, {"expectations": [expect_quiet()]}), 409)
    assert problem["type"].endswith("settled")
    assert problem["detail"] == f"'Spike' was decided on {at(11)}; run it again instead."
    assert owner.patch(path, {"external_id": "ci-1"}).json["external_id"] == "ci-1"


def test_a_cancelled_rehearsal_cannot_be_changed(owner, rehearse):
    spike = rehearse()
    owner.delete(f"/api/spike-schedules/{spike['id']}")
    path = f"/api/rehearsals/{spike['rehearsal_id']}"
    assert refused(owner.patch(path, {"expectations": [expect_quiet()]}), 409)["type"].endswith("cancelled")


# --- Warnings ------------------------------------------------------------------------------------------

WARNING = (
    "‘Truck 01: Spike’ is rehearsed on the same receiver at the same time, and one alert could be taken for "
    "either; tell them apart by scope."
)


@pytest.fixture
def truck2(make):
    return make.collection("Truck 02", {"name": "cpu"})


def test_a_warning_names_another_rehearsal_that_the_same_alert_could_count_for(rehearse, truck2):
    assert rehearse()["warnings"] == []
    assert rehearse(collection=truck2, overrides=())["warnings"] == [WARNING]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"scope": {"instance": "truck-01"}}, {"scope": {"instance": "truck-02"}}),
        ({}, {"expectations": [expect("TruckDown")]}),
    ],
)
def test_rehearsals_that_no_alert_could_be_confused_in_are_no_reason_to_warn(rehearse, truck2, first, second):
    rehearse(rehearsal=first)
    assert rehearse(collection=truck2, overrides=(), rehearsal=second)["warnings"] == []


def test_where_any_alert_is_unexpected_only_scopes_tell_rehearsals_apart(rehearse, truck2):
    rehearse(rehearsal={"fail_on_unexpected": True})
    second = rehearse(expect("TruckDown"), collection=truck2, overrides=())
    assert second["warnings"] == [WARNING]


def test_rehearsals_at_other_times_are_no_reason_to_warn(rehearse, truck2):
    rehearse()
    assert rehearse(collection=truck2, overrides=(), start_datetime=at(11))["warnings"] == []
    assert rehearse(collection=truck2, overrides=(), start_datetime=at(10.9), duration=5)["warnings"]


def test_a_rehearsal_of_another_user_is_not_named(admin, rehearse, receiver, owner):
    theirs = admin.post("/api/collections", {"name": "Secret"}).json
    admin.post(f"/api/collections/{theirs['id']}/fields", FIELD)
    body = {"collection_id": theirs["id"], "name": "Hidden", "duration": 600}
    expected = {"receiver_id": receiver.id, "expectations": [expect()]}
    assert admin.post("/api/spike-schedules", body | {"rehearsal": expected}).json["warnings"] == []
    (warning,) = rehearse()["warnings"]
    assert warning.startswith("A spike of another user is rehearsed on the same receiver")


FIELD = {
    "collection_type": "Performance",
    "field_name": "cpu",
    "value_type": "NUMBER_FIXED",
    "fixed_value_number": 1,
}
