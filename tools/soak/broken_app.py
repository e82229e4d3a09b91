"""The control that a soak run must find fault with: counters are read, added to and written back.

`gunicorn tools.soak.broken_app:app` serves it. Everything else of it is as shipped.
"""

from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa

from app.db import transactions
from app.db.session import db
from app.generation.authorization import Grant
from app.generation.counter_steps import CounterStep, CounterSteps, CounterValues
from app.generation.fastpath import PollDatabase
from app.models import Field
from app.values import Exact, advance
from wsgi import app as app


class LostUpdates(PollDatabase):
    """Moves counters in two transactions, so that polls at the same moment overwrite each other."""

    def advance_counters(
        self, steps: CounterSteps, grant: Grant, since: datetime, until: datetime, *, in_spike: bool
    ) -> CounterValues | None:
        """Move a collection's counters by reading, adding and writing back."""
        del grant, since, until
        assert not in_spike
        wanted = {each.id: each for each in steps.steps}
        with app.app_context():
            transactions.begin(writes=False)
            fields = db.session.scalars(sa.select(Field).where(Field.id.in_(wanted))).all()
            following = {field.id: _following(field, wanted[field.id]) for field in fields}
            transactions.begin(writes=True)
            for field in fields:
                field.current_number = Decimal(following[field.id])
            db.session.commit()
        return CounterValues(following, None)


def _following(field: Field, by: CounterStep) -> Exact:
    assert field.start_number is not None
    return advance(
        field.current_number,
        start=field.start_number,
        step=by.step,
        reset=field.reset_number,
        direction=by.direction,
    )


app.extensions["polls"].database = LostUpdates(app)
