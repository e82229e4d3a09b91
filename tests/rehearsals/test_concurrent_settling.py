"""A result is frozen once, whoever reads it at the same moment."""

import sqlalchemy as sa

from app.db.session import db
from app.models import Rehearsal
from tests.support.concurrency import run_concurrently
from tests.support.timestamps import at


def test_readers_at_the_same_moment_freeze_one_result(app, owner, rehearse, clock):
    spike = rehearse()
    clock.move_to(at(11))
    path = f"/api/rehearsals/{spike['rehearsal_id']}"
    answers = run_concurrently(*[lambda: owner.get(path)] * 8)
    assert [answer.status_code for answer in answers] == [200] * 8
    assert {answer.json["state"] for answer in answers} == {"inconclusive"}
    with app.app_context():
        assert db.session.scalar(sa.select(Rehearsal.settled_at)) is not None
    assert len({answer.text for answer in [owner.get(path), owner.get(path)]}) == 1
