"""The plans that this process has loaded."""

import sys
from datetime import datetime
from functools import partial

from flask import Flask

from app.db import transactions
from app.db.session import db
from app.generation.lru import LRU
from app.generation.plan import Plan
from app.generation.plan_loader import load_plan
from app.values import CollectionType

FIELD_BYTES = 400
"""What a field takes in a plan, on average: SPIKECAST_CACHED_FIELDS counts fields of this size."""
ORDINARY_TEXT_BYTES = 150
"""How much of it is for a name or a text."""


class PlanCache:
    """The plans used last, up to a number of fields in total.

    The cache may hold stale plans but `get_plan` never returns one: a caller gives the revision that the
    collection has in the database at this moment, and the time.
    """

    def __init__(self, app: Flask, max_fields: int) -> None:
        """Create an empty cache; `max_fields` is SPIKECAST_CACHED_FIELDS."""
        self._app = app
        self._plans: LRU[tuple[int, CollectionType], Plan] = LRU(max_fields, _cost)

    def get_last(self, collection_id: int, collection_type: CollectionType) -> Plan | None:
        """Return the cached plan, stale or not, or None."""
        return self._plans.get((collection_id, collection_type))

    def get_plan(
        self, collection_id: int, collection_type: CollectionType, revision: int, now: datetime
    ) -> Plan | None:
        """Return the plan that is valid at `now`, loaded if need be; None if the collection is gone.

        A loaded plan has the collection's present revision, which may be another one than `revision`.
        """
        key = (collection_id, collection_type)
        plan = self._plans.get(key)
        if plan is not None and plan.is_valid(revision, now):
            return plan
        with self._app.app_context():
            transactions.begin(writes=False)  # all of a plan is from one snapshot
            plan = load_plan(collection_id, collection_type, now)
            db.session.rollback()
        if plan is not None:
            plan.layout.templates.on_grown = partial(self._count_again, key)
            self._plans.put(key, plan)
        return plan

    def _count_again(self, key: tuple[int, CollectionType]) -> None:
        """Count the memory of a plan for which a format has been compiled."""
        plan = self._plans.get(key)
        if plan is not None:
            self._plans.put(key, plan)

    def __len__(self) -> int:
        return len(self._plans)


def _cost(plan: Plan) -> int:
    """Return how many ordinary fields take as much memory as this plan, with its texts and templates."""
    texts = (text for text in (*plan.fixed, *plan.fixed.values()) if isinstance(text, str))
    extra_bytes = sum(max(0, sys.getsizeof(text) - ORDINARY_TEXT_BYTES) for text in texts)
    return 1 + len(plan.fixed) + (extra_bytes + plan.layout.templates.size) // FIELD_BYTES
