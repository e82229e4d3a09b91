"""Fixtures of tests of rehearsals."""

from datetime import timedelta

import pytest

from app.db.session import db
from app.models import Rehearsal
from tests.support.receipts import add_receipt
from tests.support.rehearsals import expect
from tests.support.timestamps import NOW


@pytest.fixture
def truck(make):
    """Create a collection: cpu in 5 to 20, km that counts from 10 by 5, and a plate."""
    return make.collection(
        "Truck 01",
        {"name": "cpu"},
        {"name": "km", "value_type": "INCREMENT"},
        {"name": "plate", "value_type": "TEXT_FIXED", "collection_type": "Configuration"},
    )


@pytest.fixture
def cpu(truck):
    return truck["fields"][0]


@pytest.fixture
def km(truck):
    return truck["fields"][1]


@pytest.fixture
def hot(cpu):
    """Return an override of cpu with 90 to 100."""
    return {"original_field_id": cpu["id"], "range_start_number": 90, "range_end_number": 100}


@pytest.fixture
def get_rehearsal(owner):
    """Return a function that returns the record of a spike, as its owner gets it."""

    def get(spike, caller=owner):
        response = caller.get(f"/api/rehearsals/{spike['rehearsal_id']}")
        assert response.status_code == 200, response.text
        return response.json

    return get


@pytest.fixture
def delete_record(app):
    """Return a function that deletes the record of a spike, as retention does."""

    def delete(spike):
        with app.app_context():
            db.session.delete(db.session.get(Rehearsal, spike["rehearsal_id"]))
            db.session.commit()

    return delete


@pytest.fixture
def receiver(make):
    return make.receiver("Alertmanager")


@pytest.fixture
def rehearse(make, truck, hot, receiver):
    """Return a function that makes a spike of ten minutes that expects EngineHot, or what it is given."""

    def rehearse(*expectations, collection=truck, overrides=(hot,), duration=600, rehearsal=None, **more):
        expected = list(expectations) or [expect()]
        body = {"receiver_id": receiver.id, "expectations": expected} | (rehearsal or {})
        return make.spike(collection, *overrides, duration=duration, rehearsal=body, **more)

    return rehearse


@pytest.fixture
def poll(app):
    """Return a function that stores the receipt of polls in a spike, so many seconds after NOW."""

    def poll(spike, *seconds):
        times = [NOW + timedelta(seconds=each) for each in seconds]
        add_receipt(
            app,
            spike["rehearsal_id"],
            first_polled_at=times[0],
            last_polled_at=times[-1],
            polls=len(times),
            times=[round(1000 * each.timestamp()) for each in times],
        )

    return poll
