"""The token of a receiver never gets into the log, even as a part of an address."""

import logging

import pytest

from app.core.log_format import LINE_FORMAT, LineFormatter, mask_secrets
from tests.support.alerts import alert, notification
from tests.support.db_failures import assert_unavailable, write_lock

TOKEN = "sal_0123456789ABCDEFGHIJKLMNOPQRSTUV1ggZdL"


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        (f"POST /api/alerts/5/{TOKEN} HTTP/1.1", "POST /api/alerts/5/… HTTP/1.1"),
        (f'"PUT /below/api/alerts/5/%73{TOKEN[1:]}?x=1"', '"PUT /below/api/alerts/5/…?x=1"'),
        ("at '/api/alerts/5/sal_mistyped': locked", "at '/api/alerts/5/…': locked"),
        (f"Invalid token {TOKEN}.", "Invalid token sal_…."),
        (f"token={TOKEN[:30]}&x", "token=sal_…&x"),
        ("POST /api/alerts/5 HTTP/1.1", "POST /api/alerts/5 HTTP/1.1"),
        ("POST /api/alert-receivers/5/token", "POST /api/alert-receivers/5/token"),
        ("the receiver sal_01234567", "the receiver sal_01234567"),
    ],
)
def test_a_line_of_the_log_shows_no_token(line, masked):
    assert mask_secrets(line) == masked


def test_a_stack_trace_shows_no_token():
    try:
        raise ValueError(f"/api/alerts/5/{TOKEN}")
    except ValueError as error:
        record = logging.makeLogRecord({"msg": "failed", "exc_info": (type(error), error, None)})
    assert TOKEN not in LineFormatter(LINE_FORMAT).format(record)


def test_a_busy_database_is_logged_without_the_token(app, make, nobody, caplog, monkeypatch):
    receiver = make.receiver()
    monkeypatch.setattr("app.rehearsals.episodes.LOCK_TIMEOUT_S", 0.05)
    caplog.handler.setFormatter(LineFormatter(LINE_FORMAT))
    with write_lock(app):
        answer = nobody.post(f"/api/alerts/{receiver.id}/{receiver.token}", notification(alert()))
    assert_unavailable(answer)
    assert f"/api/alerts/{receiver.id}/…" in caplog.text
    assert receiver.token not in caplog.text


def test_no_message_of_a_refusal_shows_the_token(make, nobody):
    receiver = make.receiver()
    for path in (
        f"/api/alerts/{receiver.id + 1}/{receiver.token}",
        f"/api/alerts/{receiver.id}/{receiver.token}x",
    ):
        assert receiver.token not in nobody.post(path, notification(alert())).text
