"""Fixtures of tests of overrides, which are checked alike when a spike is created and when it is changed."""

import pytest


@pytest.fixture
def collection(make):
    """Return an empty collection."""
    return make.collection("Truck 01")


@pytest.fixture(params=["create", "change"])
def send_overrides(request, owner, collection):
    """Return a function that sends overrides and returns the response.

    It creates a spike with them, or adds them to a spike without any.
    """

    def create(*entries, **options):
        body = {"collection_id": collection["id"], "name": "Black Friday", "duration": 3600}
        return owner.post("/api/spike-schedules", body | {"spike_fields": list(entries)}, **options)

    def change(*entries, **options):
        created = create()
        assert created.status_code == 201, created.text
        return owner.patch(created.headers["Location"], {"spike_fields": list(entries)}, **options)

    return {"create": create, "change": change}[request.param]
