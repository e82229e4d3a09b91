"""Deliveries of alerts: tokens, answers, and the episodes that they make."""

import base64
import json
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from app.core import key_format
from tests.conftest import NOW
from tests.support.alerts import alert, notification
from tests.support.problems import faults, refused
from tests.support.signing_in import signed_in
from tests.support.statements import work

RECORDED = Path(__file__).parent / "recorded"


@pytest.fixture
def receiver(make):
    return make.receiver("Alertmanager")


def post(caller, receiver, headers, path=None):
    return caller.post(path or f"/api/alerts/{receiver.id}", notification(alert()), headers=headers)


# --- Tokens --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        lambda token: {"Authorization": f"Bearer {token}"},
        lambda token: {"Authorization": f"bearer  {token} "},
        lambda token: {"Authorization": token},
        lambda token: {"Authorization": f"Basic {base64.b64encode(f'any one:{token}'.encode()).decode()}"},
        lambda token: {"X-Spikecast-Token": token},
        lambda token: {"X-Spikecast-Token": token, "Authorization": "Bearer something else"},
    ],
    ids=["bearer", "bearer in another form", "bare", "basic", "header of its own", "header of its own first"],
)
def test_a_token_is_accepted_in_every_documented_place(receiver, nobody, headers):
    assert post(nobody, receiver, headers(receiver.token)).status_code == 200


def test_a_token_is_accepted_in_the_path(receiver, nobody):
    path = f"/api/alerts/{receiver.id}/{receiver.token}"
    assert post(nobody, receiver, {}, path).json["received"] == 1


def test_put_does_what_post_does(receiver, nobody):
    body = notification(alert())
    assert receiver.call("PUT", f"/api/alerts/{receiver.id}", body).json["episodes"] == 1
    path = f"/api/alerts/{receiver.id}/{receiver.token}"
    assert nobody.call("PUT", path, body).json["episodes"] == 0


def mistype(token):
    return token[:20] + ("a" if token[20] != "a" else "b") + token[21:]


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        (lambda token: "", "Send the token of the receiver: Authorization: Bearer <token>"),
        (mistype, "Invalid token (checksum mismatch). Copy the whole token."),
        (lambda token: token[:-1], "Invalid token (checksum mismatch). Copy the whole token."),
        (lambda token: key_format.generate(), "Invalid token (checksum mismatch). Copy the whole token."),
        (lambda token: "x" * 5000, "Invalid token (checksum mismatch). Copy the whole token."),
        (lambda token: key_format.generate(key_format.RECEIVER_TOKEN), "Unknown or revoked token."),
    ],
    ids=["none", "wrong letter", "too short", "an API key", "huge", "unknown"],
)
def test_a_wrong_token_is_refused(receiver, nobody, change, detail):
    token = change(receiver.token)
    problem = refused(post(nobody, receiver, {"X-Spikecast-Token": token}), 401)
    assert problem["detail"] == detail
    assert receiver.details()["deliveries"] == 0


@pytest.mark.parametrize("change", [mistype, lambda token: key_format.generate(key_format.RECEIVER_TOKEN)])
def test_a_wrong_token_in_the_path_is_refused(receiver, nobody, change):
    refused(post(nobody, receiver, {}, f"/api/alerts/{receiver.id}/{change(receiver.token)}"), 401)


def test_a_receiver_of_somebody_else_looks_like_one_that_does_not_exist(make, receiver, nobody):
    other = make.receiver()
    own = {"X-Spikecast-Token": receiver.token}
    answers = [
        refused(post(nobody, receiver, own, f"/api/alerts/{id_}"), 404)
        for id_ in (other.id, 999_999, 2_147_483_648)
    ]
    assert answers[0] == answers[1] == answers[2]
    unknown = {"X-Spikecast-Token": key_format.generate(key_format.RECEIVER_TOKEN)}
    answers = [
        refused(post(nobody, receiver, unknown, f"/api/alerts/{id_}"), 401) for id_ in (other.id, 999_999)
    ]
    assert answers[0] == answers[1]
    assert other.details()["deliveries"] == 0


def test_access_tokens_keys_and_cookies_are_not_accepted(receiver, owner, make, nobody):
    access = owner.tokens["access_token"]
    refused(owner.post(f"/api/alerts/{receiver.id}", notification(alert())), 401)
    refused(post(nobody, receiver, {"X-API-Key": make.key().key}), 401)
    refused(post(nobody, receiver, {"Cookie": f"spikecast_session={access}; session={access}"}), 401)
    refused(post(nobody, receiver, {"Cookie": f"spikecast_session={receiver.token}"}), 401)
    refused(nobody.post(f"/api/alerts/{receiver.id}?token={receiver.token}", notification(alert())), 401)


def test_a_cookie_beside_the_token_neither_helps_nor_hinders(receiver, owner):
    cookie = {"Cookie": f"spikecast_session={owner.tokens['access_token']}", "Origin": "https://evil.example"}
    answer = post(receiver, receiver, cookie)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers


def test_browsers_get_no_permission_to_read_answers(receiver):
    answer = post(receiver, receiver, {"Origin": "https://dash.example.org"})
    assert not [name for name, _value in answer.headers if name.startswith("Access-Control")]


# --- Answers -------------------------------------------------------------------------------------------


def test_the_answer_says_what_was_understood(receiver):
    assert receiver.accept(alert("A"), alert("B")) == {
        "received": 2,
        "ignored": 0,
        "episodes": 2,
        "problem": None,
    }
    assert receiver.accept(alert("A"), alert("B"), alert("C"), alert("Watchdog")) == {
        "received": 4,
        "ignored": 1,
        "episodes": 1,
        "problem": None,
    }


def test_a_bad_alert_among_good_ones_is_skipped_and_told(receiver):
    answer = receiver.accept(alert("A"), alert("B", "acknowledged"))
    assert (answer["received"], answer["episodes"]) == (1, 1)
    assert answer["problem"] == "Alert 2 was skipped: status 'acknowledged' is not known."
    details = receiver.details()
    assert (details["last_problem"], details["last_problem_at"]) == (
        answer["problem"],
        "2026-11-27T08:00:00Z",
    )


def test_a_delivery_of_which_nothing_is_understood_is_refused_and_noted(receiver):
    problem = refused(receiver.post(f"/api/alerts/{receiver.id}", {"text": "It is hot"}), 422)
    assert problem["errors"] == {"body": [problem["detail"]]}
    details = receiver.details()
    assert details["last_problem"] == problem["detail"]
    assert (details["deliveries"], details["last_received_at"]) == (1, "2026-11-27T08:00:00Z")
    assert receiver.episodes() == []


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (b"", "application/json"),
        (b"{", "application/json"),
        (b"alert=hot", "application/x-www-form-urlencoded"),
        (b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x"),
        (b"[" * 9999, "application/json"),
        (b'{"alerts": [{"status": 1e999999999}]}', "application/json"),
        (b"\x00\xff", "text/plain"),
    ],
)
def test_what_is_no_alert_gets_422(receiver, data, content_type):
    faults(receiver.post(f"/api/alerts/{receiver.id}", data=data, headers={"Content-Type": content_type}))


def test_the_content_type_does_not_matter(receiver):
    data = json.dumps(notification(alert()))
    for content_type in (
        "application/x-www-form-urlencoded",
        "text/plain",
        "application/json; charset=utf-8",
        "",
    ):
        headers = {"Content-Type": content_type}
        assert receiver.post(f"/api/alerts/{receiver.id}", data=data, headers=headers).status_code == 200


def test_a_body_above_256_kib_is_refused_unread(receiver):
    padding = {"padding": "x" * 262_144}
    problem = refused(receiver.deliver(alert(), **padding), 413)
    assert problem["detail"] == "The body is too large. At most 262,144 bytes are allowed."
    body = json.dumps(notification(alert())).encode()
    largest = body + b" " * (262_144 - len(body))
    assert receiver.post(f"/api/alerts/{receiver.id}", data=largest).status_code == 200


def test_a_wrong_token_is_refused_before_the_body_is_read(receiver, nobody):
    assert nobody.post(f"/api/alerts/{receiver.id}", {"padding": "x" * 300_000}).status_code == 401


def test_other_methods_are_not_allowed(receiver):
    for method in ("GET", "PATCH", "DELETE"):
        refused(receiver.call(method, f"/api/alerts/{receiver.id}"), 405)


# --- Episodes ------------------------------------------------------------------------------------------


def test_the_episode_of_an_alert(receiver, clock):
    starts = NOW - timedelta(seconds=5)
    receiver.accept(alert(starts_at=starts, instance="truck-01"))
    clock.shift(30)
    receiver.accept(alert(starts_at=starts, instance="truck-01"))
    clock.shift(30)
    ends = NOW + timedelta(seconds=55)
    receiver.accept(alert(status="resolved", starts_at=starts, ends_at=ends, instance="truck-01"))
    (episode,) = receiver.episodes()
    assert len(episode.pop("fingerprint")) == 16
    assert episode == {
        "id": episode["id"],
        "alert_name": "EngineHot",
        "labels": {"alertname": "EngineHot", "instance": "truck-01"},
        "is_firing": False,
        "first_received_at": "2026-11-27T08:00:00Z",
        "starts_at": "2026-11-27T07:59:55Z",
        "resolved_received_at": "2026-11-27T08:01:00Z",
        "ends_at": "2026-11-27T08:00:55Z",
        "last_received_at": "2026-11-27T08:01:00Z",
        "deliveries": 3,
        "only_resolution": False,
    }


@pytest.fixture
def evening(clock, receiver):
    """Move to the evening on which the notifications were recorded."""
    clock.move_to("2026-11-29T22:57:30+00:00")
    receiver.person = signed_in(receiver.app, receiver.person.name)


def test_what_alertmanager_sent_in_a_rehearsal_makes_one_episode_per_alert(receiver, clock, evening):
    for name in ("firing", "repeated", "resolved_one", "resolved"):
        clock.shift(10)
        receiver.post(
            f"/api/alerts/{receiver.id}", data=(RECORDED / f"alertmanager_{name}.json").read_bytes()
        )
    hot, hot_now = receiver.episodes()
    assert (hot["alert_name"], hot["deliveries"], hot["is_firing"]) == ("EngineHot", 4, False)
    assert (hot["fingerprint"], hot["ends_at"]) == ("456ac186cfde8667", "2026-11-29T22:57:15.891000Z")
    assert (hot_now["alert_name"], hot_now["deliveries"], hot_now["is_firing"]) == ("EngineHotNow", 3, False)


def test_what_grafana_sends_makes_one_episode(receiver, evening):
    for name in ("firing", "firing", "resolved"):
        receiver.post(f"/api/alerts/{receiver.id}", data=(RECORDED / f"grafana_{name}.json").read_bytes())
    (episode,) = receiver.episodes()
    assert (episode["alert_name"], episode["deliveries"], episode["is_firing"]) == (
        "Engine too hot",
        3,
        False,
    )


def test_alerts_with_other_labels_are_other_episodes(receiver):
    receiver.accept(alert(instance="truck-01"), alert(instance="truck-02"))
    assert len(receiver.episodes()) == 2


def test_one_delivery_may_end_an_episode_and_begin_another(receiver, clock):
    receiver.accept(alert())
    clock.shift(60)
    answer = receiver.accept(alert(status="resolved"), alert(), alert(status="resolved"), alert())
    assert answer["episodes"] == 2
    assert [each["is_firing"] for each in receiver.episodes()] == [False, False, True]
    assert [each["deliveries"] for each in receiver.episodes()] == [2, 2, 1]


def test_the_same_alert_at_two_receivers_makes_two_episodes(receiver, make):
    other = make.receiver()
    receiver.accept(alert())
    other.accept(alert())
    assert (len(receiver.episodes()), len(other.episodes())) == (1, 1)


def test_ignored_alerts_make_no_episode_but_count_as_deliveries(make):
    receiver = make.receiver(ignored=[{"alertname": "Test*"}, {"team": "blue", "severity": "info"}])
    answer = receiver.accept(
        alert("TestAlert"), alert("A", team="blue", severity="info"), alert("B", team="blue")
    )
    assert (answer["received"], answer["ignored"], answer["episodes"]) == (3, 2, 1)
    assert [each["alert_name"] for each in receiver.episodes()] == ["B"]
    assert make.receiver().accept(alert("Watchdog"))["ignored"] == 1


def test_alerts_that_the_sender_cut_off_are_noted(receiver):
    receiver.accept(alert(), truncatedAlerts=3)
    assert receiver.details()["last_problem"] == "3 alerts were cut off by the sender's max_alerts."


def test_a_delivery_takes_few_statements_whatever_its_size(receiver, queries):
    def count(*alerts):
        with queries() as seen:
            receiver.accept(*alerts)
        return len(work(seen))

    names = [f"Alert {number}" for number in range(200)]
    first = count(*map(alert, names))
    again = count(*map(alert, names))
    assert first <= 5
    assert again <= 4
    mixed = [alert(name, "resolved") for name in names[:100]] + [alert(f"New {name}") for name in names]
    assert count(*mixed) <= 6


def test_texts_of_any_alphabet_are_kept(receiver):
    labels = {"город": "Ульяновск", "emoji": "🚚", "quote": "\"'\\<b>&", "line": "a\nb\u2028c"}
    receiver.accept(alert(**labels))
    assert receiver.episodes()[0]["labels"] == {"alertname": "EngineHot"} | labels


# --- Finding episodes ----------------------------------------------------------------------------------


def names_of(receiver, query):
    return [each["alert_name"] for each in receiver.episodes(query)]


@pytest.fixture
def history(receiver, clock):
    for name, severity in (("EngineHot", "page"), ("EngineCold", "ticket"), ("TruckDown", "page")):
        receiver.accept(alert(name, severity=severity))
        clock.shift(60)
    return receiver


def test_episodes_are_found_by_the_time_of_their_first_delivery(history):
    assert names_of(history, "since=2026-11-27T08:01:00Z") == ["EngineCold", "TruckDown"]
    assert names_of(history, "until=2026-11-27T08:01:00Z") == ["EngineHot"]
    both = "since=2026-11-27T08:01:00Z&until=2026-11-27T08:02:00Z"
    assert names_of(history, both) == ["EngineCold"]


@pytest.mark.parametrize(
    ("matchers", "expected"),
    [
        ({"alertname": "Engine*"}, ["EngineHot", "EngineCold"]),
        ({"alertname": "Engine*", "severity": "page"}, ["EngineHot"]),
        ({"alertname": "engine*"}, []),
        ({"team": ""}, ["EngineHot", "EngineCold", "TruckDown"]),
        ({}, ["EngineHot", "EngineCold", "TruckDown"]),
    ],
    ids=str,
)
def test_episodes_are_found_by_their_labels(history, matchers, expected):
    assert names_of(history, f"match={quote(json.dumps(matchers))}") == expected


def test_episodes_are_searched_in_their_labels(history):
    assert names_of(history, "search=TICKET") == ["EngineCold"]


@pytest.mark.parametrize(
    ("match", "message"),
    [
        ("Engine*", 'must be JSON, such as {"alertname": "Engine*"}'),
        ("[]", "must be an object of labels and texts"),
        ('{"severity":1}', "severity: must be a text"),
        ("[" * 3000, 'must be JSON, such as {"alertname": "Engine*"}'),
    ],
)
def test_matchers_that_are_none_are_refused(history, owner, match, message):
    assert faults(owner.get(f"{history.path}/episodes?match={match}"))["match"] == [message]
