"""The result of a rehearsal: facts, numbers and warnings."""

from app.rehearsals.result import MAX_LISTED_UNEXPECTED, Receiver
from tests.support.verdicts import at, episode, fires, quiet, result_of

TRUCK_DOWN = {"alertname": "TruckDown"}


def expectation(*args, **options):
    """Return the JSON of the only expectation."""
    (found,) = result_of(*args, **options).expectations
    return found


def test_a_delay_is_split_into_poll_rule_and_notification():
    found = expectation([fires()], 160, episode(21.81, 131.83, starts=16.8, deliveries=6))
    assert found["delay"] == 21.81
    assert found["split"] == {"poll": 3.5, "rule": 13.3, "notification": 5.01}
    assert found["resolve_delay"] == 11.83
    assert (found["times"], found["deliveries"], found["clock_skew"]) == (1, 6, None)
    assert found["episodes"] == [
        {"labels": {"alertname": "EngineHot"}, "received_after": 21.81, "resolved_after": 131.83}
    ]


def test_an_expectation_comes_with_its_settings_and_its_sentence():
    found = expectation([fires(within=180, resolve_within=900)], 10)
    assert found == {
        "id": 1,
        "kind": "fires",
        "match": {"alertname": "EngineHot"},
        "within": 180,
        "counts_from": 0,
        "resolve_within": 900,
        "at_most": 1,
        "holds": False,
        "until": None,
        "expects": "EngineHot fires within 3 min, once, and resolves within 15 min of the end",
        "state": "waiting",
        "says": "has not fired yet (180 s allowed)",
        "delay": None,
        "split": None,
        "clock_skew": None,
        "resolve_delay": None,
        "times": 0,
        "deliveries": 0,
        "episodes": [],
    }
    calm = {"kind": "quiet", "until": 60, "within": None, "at_most": None, "holds": None}
    assert calm.items() <= expectation([quiet(until=60)], 10).items()


def test_a_ramps_poll_is_the_first_one_that_could_notice():
    ramp = fires(counts_from=90)
    found = expectation([ramp], 160, episode(110, 130, starts=105), polled=(5, 50, 95, 140))
    assert (found["delay"], found["split"]) == (20, {"poll": 5, "rule": 10, "notification": 5})


def test_a_delay_is_not_split_without_the_senders_time_or_without_a_poll():
    assert expectation([fires()], 160, episode(22, 130))["split"] is None
    assert expectation([fires()], 160, episode(22, 130, starts=17), polled=())["split"] is None


def test_a_delay_is_not_split_where_the_rule_fired_before_the_first_known_poll():
    found = expectation([fires()], 160, episode(22, 130, starts=2))
    assert (found["split"], found["clock_skew"]) == (None, None)


def test_a_contradicting_clock_is_told_instead_of_a_split():
    ahead = result_of([fires()], 160, episode(22, 130, starts=52))
    assert [ahead.expectations[0][key] for key in ("delay", "split", "clock_skew")] == [22, None, 30]
    assert ahead.warnings == [
        "EngineHot: the sender's clock is at least 30 s ahead of ours, so its delay is not split. "
        "The verdict is by our clock."
    ]
    behind = result_of([fires()], 160, episode(22, 130, starts=-90))
    assert behind.expectations[0]["clock_skew"] == -90
    assert "it fired 90 s before the window began" in behind.warnings[0]
    assert (ahead.state, behind.state) == ("passed", "passed")


def test_timeliness_is_nabs_reward_averaged_over_the_alerts_that_should_fire():
    def at_share(share):
        return result_of([fires(within=100)], 160, episode(100 * share, 130)).timeliness

    assert [at_share(share) for share in (0, 0.25, 0.5, 0.75, 1)] == [1, 0.97, 0.86, 0.56, 0]
    down = fires(TRUCK_DOWN)
    both = result_of([fires(), down, quiet({"alertname": "X"})], 160, episode(30, 130))
    assert both.timeliness == 0.43


def test_without_an_alert_that_should_fire_there_is_no_timeliness():
    assert result_of([quiet()], 160).timeliness is None
    assert result_of([fires()], 10).timeliness is None


def test_the_delay_of_a_rehearsal_is_the_longest_one():
    found = result_of([fires(), fires(TRUCK_DOWN)], 160, episode(22, 130), episode(40, labels=TRUCK_DOWN))
    assert found.delay == 40


def test_an_alert_in_scope_that_no_expectation_names_is_unexpected():
    other = episode(30, 50, labels={**TRUCK_DOWN, "instance": "truck-01"})
    elsewhere = episode(31, labels={**TRUCK_DOWN, "instance": "truck-02"})
    found = result_of([quiet()], 121, other, elsewhere, scope={"instance": "truck-01"})
    assert found.unexpected == [
        {
            "labels": {"alertname": "TruckDown", "instance": "truck-01"},
            "received_after": 30,
            "resolved_after": 50,
        }
    ]
    assert (found.state, found.false_alarms) == ("passed", 1)


def test_an_unexpected_alert_fails_a_rehearsal_that_is_strict():
    assert result_of([quiet()], 121, episode(30, labels=TRUCK_DOWN), strict=True).state == "failed"
    assert result_of([quiet()], 121, strict=True).state == "passed"


def test_alerts_outside_of_the_rehearsals_time_are_not_unexpected():
    before, after = (episode(second, labels=TRUCK_DOWN) for second in (-1, 120))
    alone = episode(30, 30, labels=TRUCK_DOWN, only_resolution=True)
    assert result_of([quiet()], 130, before, after, alone, strict=True).unexpected == []


def test_an_alert_out_of_scope_meets_no_expectation():
    found = result_of([fires()], 60, episode(22), scope={"instance": "truck-01"})
    assert found.state == "failed"
    assert found.expectations[0]["state"] == "missed"


def test_false_alarms_count_what_should_have_stayed_quiet_once():
    found = result_of([quiet(), quiet({})], 130, episode(5, 9), episode(50))
    assert found.false_alarms == 2


def test_many_unexpected_alerts_are_counted_but_not_all_listed():
    many = [episode(20, labels={"alertname": f"A{number}"}) for number in range(60)]
    found = result_of([quiet()], 130, *many)
    assert (len(found.unexpected), found.false_alarms) == (MAX_LISTED_UNEXPECTED, 60)
    assert found.warnings == ["60 unexpected alerts fired; the first 50 are listed."]


def test_it_is_final_when_all_is_decided_and_the_last_deadline_has_passed():
    two = [fires(), quiet(until=100)]
    assert result_of(two, 160, episode(22, 130)).decided_by == at(220)
    assert not result_of([fires()], 60).is_final
    assert result_of([fires()], 60).next_deadline == at(150)
    final = result_of([fires()], 150)
    assert (final.is_final, final.next_deadline) == (True, None)


def test_the_next_deadline_is_the_earliest_one():
    assert result_of([fires(), quiet()], -5).next_deadline == at(0)
    assert result_of([fires(), quiet()], 10).next_deadline == at(60)
    assert result_of([fires(), quiet()], 60).next_deadline == at(120)


def test_without_a_receiver_it_is_final_at_once():
    found = result_of([fires(), quiet()], 100, episode(22), receiver=Receiver(heard_until=at(30)))
    assert [each["state"] for each in found.expectations] == ["not-heard", "fired"]
    assert found.is_final


def test_a_cancelled_rehearsal_is_not_judged():
    found = result_of([fires()], 100, episode(22), cancelled=True, strict=True)
    assert (found.state, found.is_final, found.delay, found.false_alarms) == ("cancelled", False, None, 0)
    assert found.expectations[0]["state"] is None
    assert found.expectations[0]["says"] == "was not judged: the spike was deleted before it ended"
    assert (found.next_deadline, found.warnings, found.unexpected) == (None, [], [])


def test_an_alert_that_was_firing_before_has_no_delay():
    found = expectation([fires()], 100, episode(-40))
    assert (found["delay"], found["times"]) == (None, 0)
    assert found["episodes"][0]["received_after"] == -40


def test_problems_of_the_receiver_are_told():
    receiver = Receiver(problem="3 alerts were cut off by max_alerts")
    assert result_of([quiet()], 130, receiver=receiver).warnings == [
        "The receiver had a problem with a delivery at that time: 3 alerts were cut off by max_alerts."
    ]


def test_an_alert_without_a_poll_has_another_cause():
    assert result_of([fires()], 130, episode(22), polled=()).warnings == [
        "Nobody polled the collection in the window, so something else caused the alert."
    ]


def test_a_resolution_without_a_firing_is_told():
    alone = episode(30, 30, only_resolution=True)
    assert result_of([quiet()], 130, alone).warnings == [
        "EngineHot: a resolution arrived for an alert whose firing never did."
    ]
