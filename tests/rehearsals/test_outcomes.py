"""What comes of rehearsals: by deliveries and polls, frozen once, and open again when their window moves."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.db.session import db
from app.models import AlertEpisode, Rehearsal
from app.rehearsals import evaluation
from tests.support.alerts import alert
from tests.support.problems import refused
from tests.support.rehearsals import expect, expect_quiet
from tests.support.timestamps import NOW, at

PATH = "/api/rehearsals"


def after(seconds):
    return NOW + timedelta(seconds=seconds)


@pytest.fixture
def run(clock, rehearse, receiver, poll):
    """Return a function that plays a rehearsal of ten minutes, in which EngineHot fires and resolves."""

    def run(*expectations, fires=21.8, resolves=611.8, until=661, **more):
        spike = rehearse(*expectations, **more)
        poll(spike, 3.5, 8.5)
        for seconds, status in ((fires, "firing"), (resolves, "resolved")):
            if seconds is not None:
                clock.move_to(after(seconds))
                receiver.accept(alert(status=status, starts_at=after(fires - 5)))
        clock.move_to(after(until))
        return spike

    return run


# --- Judging -------------------------------------------------------------------------------------------


def test_an_alert_in_time_passes(run, get_rehearsal):
    rehearsal = get_rehearsal(run())
    (expectation,) = rehearsal["expectations"]
    assert (rehearsal["state"], rehearsal["passed"]) == ("passed", True)
    assert expectation["state"] == "met"
    assert expectation["says"] == "fired after 21.8 s (60 s allowed), resolved 11.8 s after the end"
    assert expectation["split"] == {"poll": 3.5, "rule": 13.3, "notification": 5.0}
    assert (rehearsal["delay"], rehearsal["false_alarms"], rehearsal["warnings"]) == (21.8, 0, [])
    assert rehearsal["timeliness"] == 0.93
    assert expectation["episodes"] == [
        {"labels": {"alertname": "EngineHot"}, "received_after": 21.8, "resolved_after": 611.8}
    ]


def test_it_is_judged_while_it_runs(clock, rehearse, receiver, poll, get_rehearsal):
    spike = rehearse(expect(), expect_quiet(), start_datetime=at(1))
    assert get_rehearsal(spike)["state"] == "scheduled"
    clock.move_to(after(70))
    rehearsal = get_rehearsal(spike)
    assert (rehearsal["state"], rehearsal["passed"], rehearsal["settled_at"]) == ("running", None, None)
    receiver.accept(alert("TruckDown"))
    rehearsal = get_rehearsal(spike)
    assert (rehearsal["state"], rehearsal["passed"]) == ("failed", False)
    assert [each["state"] for each in rehearsal["expectations"]] == ["waiting", "fired"]


def test_a_window_that_nobody_polled_is_inconclusive(clock, rehearse, get_rehearsal):
    spike = rehearse()
    clock.move_to(at(11))
    rehearsal = get_rehearsal(spike)
    assert (rehearsal["state"], rehearsal["passed"]) == ("inconclusive", None)
    assert rehearsal["expectations"][0]["state"] == "not-looked"


def test_a_real_poll_is_a_look(clock, make, rehearse, get_rehearsal):
    spike = rehearse()
    make.key().data("Truck 01")
    clock.move_to(at(11))
    assert get_rehearsal(spike)["expectations"][0]["state"] == "missed"


def test_repeats_of_an_alert_are_one(run, receiver, clock, get_rehearsal, rehearse, poll):
    spike = rehearse()
    poll(spike, 1)
    for seconds in (20, 20.1, 50):
        clock.move_to(after(seconds))
        receiver.accept(alert())
    (expectation,) = get_rehearsal(spike)["expectations"]
    assert (expectation["times"], expectation["deliveries"]) == (1, 3)


def test_an_alert_that_was_firing_before_is_inconclusive(clock, receiver, rehearse, get_rehearsal):
    receiver.accept(alert())
    clock.shift(40)
    rehearsal = get_rehearsal(rehearse())
    assert rehearsal["state"] == "inconclusive"
    assert rehearsal["expectations"][0]["says"] == (
        "cannot be judged: it had been firing for 40 s when the window began"
    )


def test_an_unexpected_alert_is_told(run, receiver, clock, get_rehearsal, rehearse, poll):
    spike = rehearse(expect_quiet("X"), rehearsal={"scope": {"instance": "truck-01"}})
    poll(spike, 1)
    clock.move_to(at(1))
    receiver.accept(alert("Hot", instance="truck-01"), alert("Hot", instance="truck-02"))
    clock.move_to(at(11))
    rehearsal = get_rehearsal(spike)
    assert (rehearsal["state"], rehearsal["false_alarms"]) == ("passed", 1)
    assert [each["labels"] for each in rehearsal["unexpected"]] == [
        {"alertname": "Hot", "instance": "truck-01"}
    ]


def test_a_problem_of_a_delivery_is_told(run, receiver, clock, rehearse, get_rehearsal):
    spike = rehearse()
    receiver.accept(alert(), alert(status="foo"))
    assert get_rehearsal(spike)["warnings"][0].startswith("The receiver had a problem with a delivery")


def test_a_receiver_that_never_got_a_resolution_is_asked_about(run, get_rehearsal):
    (expectation,) = get_rehearsal(run(resolves=None))["expectations"]
    assert expectation["state"] == "not-resolved"
    assert expectation["says"].endswith(
        "does the sender send resolved notifications? This receiver never got one"
    )


def test_what_it_expects_is_not_known_where_the_receiver_of_another_user_hears_it(run, receiver, stranger):
    spike = run()
    assert stranger.get(f"{PATH}/{spike['rehearsal_id']}").status_code == 404


def test_a_cancelled_rehearsal_is_not_judged(owner, clock, rehearse, receiver, get_rehearsal):
    spike = rehearse()
    receiver.accept(alert())
    owner.delete(f"/api/spike-schedules/{spike['id']}")
    clock.move_to(at(20))
    rehearsal = get_rehearsal(spike)
    assert (rehearsal["state"], rehearsal["settled_at"], rehearsal["delay"]) == ("cancelled", None, None)
    assert rehearsal["expectations"][0]["state"] is None


def test_a_deleted_schedule_that_was_over_is_judged(owner, run, get_rehearsal):
    spike = run(until=650)
    owner.delete(f"/api/spike-schedules/{spike['id']}")
    assert get_rehearsal(spike)["state"] == "running"


# --- Retry-After ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "retry_after"), [(-30, "30"), (-4.2, "5"), (0, "30"), (50, "10"), (59.9, "1"), (661, None)]
)
def test_while_it_is_open_a_client_is_told_when_to_ask_again(
    owner, clock, rehearse, poll, seconds, retry_after
):
    spike = rehearse(start_datetime=at(1))
    poll(spike, 61)
    clock.move_to(after(60 + seconds))
    assert owner.get(f"{PATH}/{spike['rehearsal_id']}").headers.get("Retry-After") == retry_after


# --- Settling ------------------------------------------------------------------------------------------


def test_the_first_reader_after_the_last_deadline_freezes_the_result(run, receiver, clock, get_rehearsal):
    spike = run(until=659.999)
    assert get_rehearsal(spike)["settled_at"] is None
    clock.move_to(at(12))
    settled = get_rehearsal(spike)
    assert settled["settled_at"] == at(12)
    clock.shift(60)
    receiver.accept(alert("EngineHot", status="firing", starts_at=after(725)))
    assert get_rehearsal(spike) == settled


def test_what_arrives_after_the_last_deadline_counts_for_nothing_even_if_nobody_has_read(
    run, receiver, clock, get_rehearsal
):
    spike = run()
    receiver.accept(alert(starts_at=after(662)))
    clock.shift(1800)
    rehearsal = get_rehearsal(spike)
    assert (rehearsal["state"], rehearsal["expectations"][0]["times"]) == ("passed", 1)


def test_the_next_delivery_freezes_results_too(app, run, receiver, clock, get_rehearsal):
    spike = run()
    receiver.accept(alert("Other"))
    with app.app_context():
        assert db.session.scalar(sa.select(Rehearsal.settled_at)) == after(661)
    assert get_rehearsal(spike)["settled_at"] == at(661 / 60)


def test_a_list_freezes_what_is_due(owner, run, get_rehearsal):
    spike = run()
    (listed,) = owner.get(PATH).json["items"]
    assert listed["settled_at"] == at(661 / 60)
    whole = get_rehearsal(spike)
    alone = {"polls", "expectations", "unexpected", "warnings"}
    assert listed == {name: value for name, value in whole.items() if name not in alone}


def test_others_do_not_freeze_what_they_cannot_read(app, run, stranger):
    spike = run()
    stranger.get(PATH)
    stranger.get(f"{PATH}/{spike['rehearsal_id']}")
    with app.app_context():
        assert db.session.scalar(sa.select(Rehearsal.settled_at)) is None


def test_a_result_is_read_even_if_it_cannot_be_frozen(app, monkeypatch, run, get_rehearsal):
    spike = run()

    def fail(*_args, **_options):
        raise sa.exc.OperationalError("UPDATE", {}, Exception("database is locked"))

    monkeypatch.setattr("app.rehearsals.settling._settle", fail)
    rehearsal = get_rehearsal(spike)
    assert (rehearsal["state"], rehearsal["settled_at"]) == ("passed", None)


def test_the_etag_does_not_change_when_a_result_is_frozen(owner, run, clock):
    path = f"{PATH}/{run(until=600)['rehearsal_id']}"
    before = owner.get(path).headers["ETag"]
    clock.move_to(at(11))
    assert owner.get(path).headers["ETag"] == before


def test_freezing_is_no_change_by_people(app, run, get_rehearsal):
    spike = run()
    with app.app_context():
        before = db.session.scalar(sa.select(Rehearsal.updated_at))
    get_rehearsal(spike)
    with app.app_context():
        assert db.session.scalar(sa.select(Rehearsal.updated_at)) == before


# --- Windows that move ---------------------------------------------------------------------------------


def test_an_extended_rehearsal_is_open_again(owner, run, clock, receiver, get_rehearsal, rehearse, poll):
    spike = rehearse(expect(resolve_within=None), duration=60)
    poll(spike, 1)
    clock.move_to(at(0.5))
    receiver.accept(alert())
    clock.move_to(at(1))
    assert get_rehearsal(spike)["settled_at"] == at(1)
    body = {"start_datetime": at(0), "end_datetime": at(5)}
    assert owner.patch(f"/api/spike-schedules/{spike['id']}", body).status_code == 200
    rehearsal = get_rehearsal(spike)
    assert (rehearsal["state"], rehearsal["settled_at"], rehearsal["passed"]) == ("running", None, None)
    assert rehearsal["expectations"][0]["times"] == 1
    clock.move_to(at(5))
    assert get_rehearsal(spike)["state"] == "passed"


def test_ended_early_the_resolution_is_due_from_the_new_end(owner, clock, rehearse, poll, get_rehearsal):
    spike = rehearse()
    poll(spike, 1)
    clock.move_to(at(0.5))
    owner.post(f"/api/spike-schedules/{spike['id']}/end")
    assert get_rehearsal(spike)["decided_by"] == at(1.5)
    clock.move_to(at(1))
    assert get_rehearsal(spike)["state"] == "failed"


# --- Receivers that are gone ---------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["revoke", "delete"])
def test_what_a_receiver_has_decided_stays_and_the_rest_cannot_be_told(
    owner, clock, rehearse, receiver, poll, get_rehearsal, how
):
    spike = rehearse(expect(), expect("TruckDown"), expect_quiet("X"))
    poll(spike, 1)
    clock.move_to(at(0.5))
    receiver.accept(alert())
    clock.move_to(at(2))
    gone = owner.post(f"{receiver.path}/revoke") if how == "revoke" else owner.delete(receiver.path)
    assert gone.status_code < 300
    rehearsal = get_rehearsal(spike)
    assert [each["state"] for each in rehearsal["expectations"]] == ["not-heard", "missed", "not-heard"]
    assert (rehearsal["state"], rehearsal["settled_at"]) == ("failed", at(2))
    assert (rehearsal["receiver"] is None) == (how == "delete")


def test_a_rehearsal_that_has_not_begun_can_get_another_receiver(
    owner, make, clock, rehearse, receiver, get_rehearsal
):
    spike = rehearse(start_datetime=at(5))
    owner.delete(receiver.path)
    assert get_rehearsal(spike)["state"] == "scheduled"
    other = make.receiver("Other")
    path = f"{PATH}/{spike['rehearsal_id']}"
    assert owner.patch(path, {"receiver_id": other.id}).status_code == 200
    clock.move_to(at(5.5))
    assert get_rehearsal(spike)["state"] == "running"


def test_without_a_receiver_nothing_can_be_told(owner, clock, rehearse, receiver, get_rehearsal):
    spike = rehearse(start_datetime=at(5))
    owner.delete(receiver.path)
    clock.move_to(at(5.5))
    rehearsal = get_rehearsal(spike)
    assert (rehearsal["state"], rehearsal["expectations"][0]["state"]) == ("inconclusive", "not-heard")


# --- Lists ---------------------------------------------------------------------------------------------


@pytest.fixture
def one_of_each(make, clock, rehearse, receiver, poll, owner):
    """Create a rehearsal in each state at minute 5; `early failed` is not settled yet."""

    def begin(name, *expectations, **more):
        collection = make.collection(name, {"name": "cpu"})
        return rehearse(*expectations, collection=collection, overrides=(), name=name, **more)

    poll(begin("passed", expect_quiet(), duration=60), 1)
    poll(begin("failed", expect(), duration=60), 1)
    poll(begin("early failed", expect()), 1)
    begin("inconclusive", expect(), duration=60)
    begin("running", expect(within=600))
    begin("scheduled", start_datetime=at(30))
    owner.delete(f"/api/spike-schedules/{begin('cancelled')['id']}")
    make.spike(make.collection("observed", {"name": "cpu"}), name="observed", duration=60)
    make.spike(make.collection("watched", {"name": "cpu"}), name="watched")
    clock.move_to(at(5))


@pytest.mark.parametrize(
    ("state", "names"),
    [
        ("passed", ["passed"]),
        ("failed", ["early failed", "failed"]),
        ("inconclusive", ["inconclusive"]),
        ("running", ["running", "watched"]),
        ("scheduled", ["scheduled"]),
        ("cancelled", ["cancelled"]),
        ("observed", ["observed"]),
    ],
)
def test_rehearsals_are_filtered_by_what_came_of_them(owner, one_of_each, state, names):
    items = owner.get(f"{PATH}?state={state}&sort=name").json["items"]
    assert [each["name"] for each in items] == names
    assert {each["state"] for each in items} <= {state}


def test_rehearsals_are_filtered_by_receiver_and_by_external_id(owner, make, rehearse, receiver, truck):
    first = rehearse(external_id="ci-1")
    make.spike(truck, start_datetime=at(30), external_id="ci-2")
    for query in (f"receiver_id={receiver.id}", "external_id=ci-1"):
        (found,) = owner.get(f"{PATH}?{query}").json["items"]
        assert found["id"] == first["rehearsal_id"]


def test_a_list_takes_the_same_number_of_statements_for_any_number_of_open_rehearsals(
    owner, make, rehearse, queries, receiver, clock
):
    counts = []
    for number in range(3):
        rehearse(collection=make.collection(f"Truck {number + 2}", {"name": "cpu"}), overrides=())
        receiver.accept(alert(instance=str(number)))
        clock.shift(1)
        with queries() as seen:
            assert owner.get(PATH).status_code == 200
        counts.append(len(seen.statements))
    assert len(set(counts)) == 1


def test_more_episodes_than_fit_into_one_query_are_read_for_each_rehearsal(
    app, owner, make, rehearse, receiver, clock, poll, monkeypatch
):
    first, second = (
        rehearse(expect(at_most=None), collection=make.collection(name, {"name": "cpu"}), overrides=())
        for name in ("One", "Two")
    )
    for number in range(4):
        clock.shift(1)
        receiver.accept(alert(instance=str(number)))
    monkeypatch.setattr(evaluation, "MAX_EPISODES", 3)
    for spike in (first, second):
        poll(spike, 1)
    for each in owner.get(PATH).json["items"]:
        path = f"{PATH}/{each['id']}"
        assert owner.get(path).json["expectations"][0]["times"] == 3


# --- Retention -----------------------------------------------------------------------------------------


def test_episodes_of_open_rehearsals_are_kept(app, run, receiver, clock):
    from app.rehearsals import retention

    run(until=700)
    with app.app_context():
        before = db.session.scalar(sa.select(sa.func.count()).select_from(AlertEpisode))
        retention.trim(0, 100)
        assert db.session.scalar(sa.select(sa.func.count()).select_from(AlertEpisode)) == before == 1
        db.session.execute(sa.update(Rehearsal).values(settled_at=NOW))
        retention.trim(0, 100)
        assert db.session.scalar(sa.select(sa.func.count()).select_from(AlertEpisode)) == 0


# --- Reports -------------------------------------------------------------------------------------------


def test_a_rehearsal_is_reported_as_junit(owner, run):
    answer = owner.get(f"{PATH}/{run()['rehearsal_id']}/junit")
    assert answer.status_code == 200
    assert answer.content_type == "text/xml; charset=utf-8"
    assert '<testsuite name="Truck 01: Spike"' in answer.text
    assert 'tests="1" failures="0"' in answer.text


def test_a_rehearsal_is_reported_as_markdown(owner, run):
    answer = owner.get(f"{PATH}/{run()['rehearsal_id']}/report.md")
    assert answer.content_type == "text/markdown; charset=utf-8"
    assert answer.text.startswith("# Spike: passed\n")


@pytest.mark.parametrize("report", ["junit", "report.md"])
def test_reports_of_others_do_not_exist(stranger, run, report):
    refused(stranger.get(f"{PATH}/{run()['rehearsal_id']}/{report}"), 404)
