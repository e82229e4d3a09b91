"""What a run must find fault with: the product, but its counters are read, added to and written back.

`gunicorn tools.soak.broken_app:app` serves it. Everything else of it is as shipped.
"""

from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa

from app.db import transactions
from app.db.session import db
from app.generation import service
from app.generation.fastpath.connection import Direct
from app.generation.fastpath.counter_update import Granted, Move, Moved, Moves
from app.models import Field
from app.values import Exact, advance


def move(
    _direct: Direct, moves: Moves, _granted: Granted, _since: datetime, _until: datetime, *, of_spike: bool
) -> Moved | None:
    """Move a collection's counters as anybody would at first."""
    assert not of_spike
    wanted = {each.id: each for each in moves.each}
    with app.app_context():
        transactions.begin(writes=False)
        fields = db.session.scalars(sa.select(Field).where(Field.id.in_(wanted))).all()
        following = {field.id: _following(field, wanted[field.id]) for field in fields}
        transactions.begin(writes=True)
        for field in fields:
            field.current_number = Decimal(following[field.id])
        db.session.commit()
    return Moved(following, None)


def _following(field: Field, by: Move) -> Exact:
    assert field.start_number is not None
    return advance(
        field.current_number,
        start=field.start_number,
        step=by.step,
        reset=field.reset_number,
        direction=by.direction,
    )


vars(service)["move"] = move

from wsgi import app as app  # noqa: E402 - with those counters
