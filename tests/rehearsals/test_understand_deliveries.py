"""What is understood of a delivery: two shapes, many words, and bounds for everything."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rehearsals.deliveries import (
    FIRING,
    MAX_ALERTS,
    MAX_LABELS,
    RESOLVED,
    NotUnderstood,
    compute_fingerprint,
    understand,
)

NOW = datetime(2026, 11, 29, 23, 0, tzinfo=UTC)
RECORDED = Path(__file__).parent / "recorded"


def read(body):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return understand(content, NOW)


def read_one(**alert):
    delivery = read({"alerts": [{"status": "firing", "labels": {"alertname": "EngineHot"}} | alert]})
    assert delivery.problems == []
    (only,) = delivery.alerts
    return only


def why_not(body):
    with pytest.raises(NotUnderstood) as caught:
        read(body)
    return str(caught.value)


def test_a_notification_of_alertmanager_is_understood():
    delivery = read((RECORDED / "alertmanager_firing.json").read_bytes())
    assert delivery.problems == []
    hot, hot_now = delivery.alerts
    assert (hot.is_firing, hot.name, hot.fingerprint) == (True, "EngineHot", "456ac186cfde8667")
    assert hot.labels == {
        "alertname": "EngineHot",
        "collection_id": "3",
        "instance": "Truck 01",
        "job": "spikecast",
        "severity": "page",
        "type": "performance",
    }
    assert hot.starts_at == datetime(2026, 11, 29, 22, 56, 50, 891000, tzinfo=UTC)
    assert hot.ends_at is None
    assert hot_now.name == "EngineHotNow"


def test_a_resolved_notification_of_alertmanager_says_when_the_alert_ended():
    hot, _ = read((RECORDED / "alertmanager_resolved.json").read_bytes()).alerts
    assert not hot.is_firing
    assert hot.ends_at == datetime(2026, 11, 29, 22, 57, 15, 891000, tzinfo=UTC)


def test_a_notification_of_grafana_is_understood():
    (firing,) = read((RECORDED / "grafana_firing.json").read_bytes()).alerts
    assert (firing.is_firing, firing.name) == (True, "Engine too hot")
    assert firing.starts_at == datetime(2026, 11, 29, 21, 56, 50, tzinfo=UTC)
    (resolved,) = read((RECORDED / "grafana_resolved.json").read_bytes()).alerts
    assert (resolved.is_firing, resolved.fingerprint) == (False, firing.fingerprint)


@pytest.mark.parametrize("key", ["alertname", "title", "name"])
def test_one_object_with_a_name_is_an_alert(key):
    (alert,) = read({key: "Disk full", "status": "problem"}).alerts
    assert (alert.is_firing, alert.labels) == (True, {"alertname": "Disk full"})


def test_one_object_with_labels_is_an_alert():
    (alert,) = read({"labels": {"alertname": "Disk full", "host": "db-1"}, "status": "OK"}).alerts
    assert (alert.is_firing, alert.labels["host"]) == (False, "db-1")


def test_the_name_becomes_a_label_unless_there_is_one():
    assert read_one(labels={"host": "db-1"}, title="Disk full").labels == {
        "host": "db-1",
        "alertname": "Disk full",
    }
    assert read_one(labels={"alertname": "DiskFull"}, title="Disk full").name == "DiskFull"


@pytest.mark.parametrize("word", sorted(FIRING))
def test_words_for_firing_in_any_letter_case(word):
    assert all(read_one(status=each).is_firing for each in (word, word.upper(), word.title(), f" {word} "))


@pytest.mark.parametrize("word", sorted(RESOLVED))
def test_words_for_resolved_in_any_letter_case(word):
    assert not any(read_one(status=each).is_firing for each in (word, word.upper(), word.title()))


@pytest.mark.parametrize(("status", "expected"), [(1, True), (0, False), (True, True), (False, False)])
def test_numbers_and_booleans_are_statuses(status, expected):
    assert read_one(status=status).is_firing is expected


def test_an_alert_without_a_status_has_that_of_the_body():
    body = {"status": "resolved", "alerts": [{"labels": {"alertname": "EngineHot"}}]}
    assert not read(body).alerts[0].is_firing


def test_an_unknown_status_skips_that_alert_alone():
    delivery = read(
        {"alerts": [{"status": "foo", "labels": {"a": "1"}}, {"status": "firing", "labels": {"a": "2"}}]}
    )
    assert [alert.labels for alert in delivery.alerts] == [{"a": "2"}]
    assert delivery.problem == "Alert 1 was skipped: status 'foo' is not known."


def test_several_problems_are_told_in_one_short_line():
    alerts = [{"status": "x" * 500, "labels": {"a": "1"}}] * 5 + [{"status": "ok", "name": "a"}]
    problem = read({"alerts": alerts}).problem
    assert problem.startswith("Alert 1 was skipped: status 'xxxx")
    assert problem.endswith("(4 more problems)")
    assert len(problem) <= 255


@pytest.mark.parametrize(
    ("item", "why"),
    [
        ({"labels": {"alertname": "EngineHot"}}, "it has no status"),
        ({"status": None, "labels": {"alertname": "EngineHot"}}, "it has no status"),
        ({"status": ["firing"], "labels": {"alertname": "EngineHot"}}, "it has no status"),
        ({"status": "firing"}, "it has neither labels nor a name"),
        ({"status": "firing", "labels": {}}, "it has neither labels nor a name"),
        ("EngineHot", "it is not an object"),
        (None, "it is not an object"),
    ],
    ids=str,
)
def test_an_alert_that_is_not_understood_is_skipped_with_a_reason(item, why):
    assert why_not({"alerts": [item]}) == f"Alert 1 was skipped: {why}."


def test_other_keys_are_ignored():
    assert read_one(annotations={"summary": ["hot"]}, generatorURL="http://prometheus.example", x={}).name


def test_labels_become_texts_as_they_were_written():
    labels = {"port": 9100, "ratio": 1.50, "up": True, "note": None, "list": [1], "map": {"a": 1}, "": "x"}
    assert read_one(labels=labels).labels == {"port": "9100", "ratio": "1.5", "up": "true"}


def test_labels_that_are_no_object_are_left_out():
    delivery = read({"status": "firing", "name": "EngineHot", "labels": ["host:db-1"]})
    assert delivery.alerts[0].labels == {"alertname": "EngineHot"}
    assert delivery.problem == "The labels of an alert are no object, and were left out."


@pytest.mark.parametrize(
    "value", ["0001-01-01T00:00:00Z", None, "", "soon", 1795993005, "2026-11-29T23:00:01Z"]
)
def test_an_end_that_is_none_or_ahead_counts_as_none(value):
    assert read_one(status="resolved", endsAt=value).ends_at is None


def test_times_are_read_under_both_names():
    alert = read_one(status="ok", starts_at="2026-11-29T22:00:00.123456789Z", ends_at="2026-11-29T23:00:00Z")
    assert alert.starts_at == datetime(2026, 11, 29, 22, 0, 0, 123456, tzinfo=UTC)
    assert alert.ends_at == NOW


def test_a_firing_alert_has_no_end():
    past = (NOW - timedelta(hours=1)).isoformat()
    assert read_one(status="firing", endsAt=past).ends_at is None


def test_a_fingerprint_of_the_sender_is_kept():
    assert read_one(fingerprint="a4b0e206be9a4d08").fingerprint == "a4b0e206be9a4d08"
    assert read_one(fingerprint=20).fingerprint == "20"


@pytest.mark.parametrize("fingerprint", [None, "", "x" * 65, "\0", ["a"]])
def test_without_a_usable_fingerprint_the_labels_identify_an_alert(fingerprint):
    alert = read_one(fingerprint=fingerprint, labels={"b": "2", "a": "1"})
    assert alert.fingerprint == compute_fingerprint({"a": "1", "b": "2"}) == "21f76dfbfe6dfe21"


def test_texts_are_cut_and_cleaned():
    alert = read_one(labels={"n" * 300: "v" * 2000, "a\0b": "c\0d", "half": "\ud83d!"})
    assert alert.labels == {"n" * 200: "v" * 1000, "ab": "cd", "half": "?!"}


def test_at_most_64_labels_are_kept():
    delivery = read({"status": "firing", "labels": {f"label {number}": "x" for number in range(100)}})
    assert len(delivery.alerts[0].labels) == MAX_LABELS
    assert delivery.problem == "Only the first 64 labels of an alert were kept."


def test_at_most_500_alerts_are_read():
    delivery = read({"status": "firing", "alerts": [{"name": str(number)} for number in range(600)]})
    assert len(delivery.alerts) == MAX_ALERTS
    assert delivery.problem == "Only the first 500 of 600 alerts were read."


@pytest.mark.parametrize(
    ("count", "problem"),
    [
        (3, "3 alerts were cut off by the sender's max_alerts."),
        (1, "1 alert was cut off by the sender's max_alerts."),
        (0, None),
        (None, None),
        ("x", None),
        (-1, None),
        (10**30, None),
    ],
)
def test_alerts_that_the_sender_cut_off_are_told(count, problem):
    assert read({"status": "ok", "alerts": [{"name": "a"}], "truncatedAlerts": count}).problem == problem


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "The body is not JSON: Expecting value at line 1, column 1."),
        (b"payload=x", "The body is not JSON: Expecting value at line 1, column 1."),
        (b"\xff\xfe{\0}\0", "The body is not UTF-8: invalid start byte at byte 0."),
        (b"[" * 100_000, "The body is nested too deeply."),
        (b'{"a":' * 50_000, "The body is nested too deeply."),
        (b" " * 262_145, "The body is too large. At most 262,144 bytes are allowed."),
        ([], "The body must be a JSON object with a list 'alerts', or one alert."),
        (7, "The body must be a JSON object with a list 'alerts', or one alert."),
        ({}, "The body has neither a list 'alerts', nor 'labels', nor 'alertname', 'title' or 'name'."),
        ({"alerts": {}}, "'alerts' must be a list."),
        ({"alerts": []}, "The list 'alerts' is empty."),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_a_body_without_alerts_is_not_understood(body, why):
    assert why_not(body) == why


def test_a_byte_order_mark_is_ignored():
    assert read(b'\xef\xbb\xbf{"name": "a", "status": 1}').alerts


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["alerts", "labels", "status", "name", "startsAt", "endsAt", "fingerprint", "x"]),
            inner,
            max_size=6,
        )
    ),
    max_leaves=30,
)


@given(JSON)
def test_any_json_is_understood_within_bounds_or_not_at_all(content):
    alerts = []
    with suppress(NotUnderstood):
        alerts = read(content).alerts
    for alert in alerts:
        assert 0 < len(alert.fingerprint) <= 64
        json.dumps(alert.labels).encode()
        assert all(
            0 < len(label) <= 200 and len(value) <= 1000 and "\0" not in label + value
            for label, value in alert.labels.items()
        )


@given(st.binary(max_size=200))
def test_any_bytes_are_understood_or_not_at_all(body):
    with suppress(NotUnderstood):
        assert read(body).alerts
