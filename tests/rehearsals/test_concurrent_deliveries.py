"""Deliveries that arrive at the same moment: none is lost, and none makes an episode twice."""

import pytest
import sqlalchemy as sa

from app.db.session import db
from app.models import AlertEpisode
from tests.support.alerts import alert
from tests.support.concurrency import run_concurrently

SENDERS = 16


@pytest.fixture
def receiver(make):
    return make.receiver()


def deliver_concurrently(receiver, *notifications):
    answers = run_concurrently(*(lambda alerts=alerts: receiver.deliver(*alerts) for alerts in notifications))
    assert {answer.status_code for answer in answers} == {200}
    return [answer.json["episodes"] for answer in answers]


def test_concurrent_deliveries_of_one_alert_make_one_episode(receiver):
    new = deliver_concurrently(receiver, *[[alert()]] * SENDERS)
    assert sorted(new) == [0] * (SENDERS - 1) + [1]
    (episode,) = receiver.episodes()
    assert (episode["deliveries"], episode["is_firing"]) == (SENDERS, True)
    assert receiver.details()["deliveries"] == SENDERS


def test_concurrent_resolutions_end_one_episode(receiver):
    receiver.accept(alert())
    deliver_concurrently(receiver, *[[alert(status="resolved")]] * SENDERS)
    (episode,) = receiver.episodes()
    assert (episode["deliveries"], episode["is_firing"]) == (SENDERS + 1, False)


def test_overlapping_groups_of_alerts_make_each_episode_once(receiver):
    names = [f"Alert {number}" for number in range(SENDERS)]
    groups = [[alert(name) for name in names[:size]] for size in range(1, SENDERS + 1)]
    assert sum(deliver_concurrently(receiver, *groups)) == SENDERS
    counts = {each["alert_name"]: each["deliveries"] for each in receiver.episodes()}
    assert counts == {name: SENDERS - number for number, name in enumerate(names)}


def test_deliveries_to_several_receivers_do_not_mix(make):
    receivers = [make.receiver() for _ in range(8)]
    answers = run_concurrently(*(lambda each=each: each.deliver(alert()) for each in receivers * 2))
    assert {answer.status_code for answer in answers} == {200}
    assert [len(each.episodes()) for each in receivers] == [1] * 8


def test_a_receiver_that_is_deleted_meanwhile_takes_no_delivery(app, receiver, owner):
    def delete():
        return owner.delete(receiver.path)

    answers = run_concurrently(delete, *[lambda: receiver.deliver(alert())] * SENDERS)
    assert {answer.status_code for answer in answers} <= {200, 204, 401}
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(AlertEpisode)) == 0


def test_a_token_that_is_renewed_meanwhile_is_void_for_the_rest(receiver, owner):
    def renew():
        return owner.post(f"{receiver.path}/token")

    answers = run_concurrently(renew, *[lambda: receiver.deliver(alert())] * SENDERS)
    assert {answer.status_code for answer in answers} <= {200, 401}
    accepted = sum(answer.status_code == 200 for answer in answers[1:])
    assert receiver.details()["deliveries"] == accepted
