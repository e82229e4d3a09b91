"""A connection that is lost during a rollback does not let a refused request succeed."""

import pytest

from app.db.session import db


class Rollbacks:
    """Counts the rollbacks, and breaks the connection at one of them."""

    def __init__(self, dialect):
        self.dialect, self.seen, self.broken_at = dialect, 0, 0

    def __call__(self, connection):
        self.seen += 1
        if self.seen == self.broken_at:
            raise self.dialect.loaded_dbapi.OperationalError("server closed the connection unexpectedly")
        type(self.dialect).do_rollback(self.dialect, connection)


@pytest.fixture
def rollbacks(app, monkeypatch):
    with app.app_context():
        dialect = db.engine.dialect
    counted = Rollbacks(dialect)
    monkeypatch.setattr(dialect, "do_rollback", counted)
    return counted


def test_a_spike_refused_by_a_conflict_is_not_created_if_a_rollback_fails(owner, make, rollbacks):
    collection = make.collection("Truck", {})
    make.spike(collection)
    body = {"collection_id": collection["id"], "name": "Second", "duration": 60}
    rollbacks.seen = 0
    refusal = owner.post("/api/spike-schedules", body)
    assert refusal.status_code == 409
    for number in range(1, rollbacks.seen + 1):
        rollbacks.seen, rollbacks.broken_at = 0, number
        answer = owner.post("/api/spike-schedules", body)
        assert answer.status_code in {409, 503}, answer.text
    rollbacks.broken_at = 0
    assert owner.get("/api/spike-schedules").json["total"] == 1
