"""Fixtures of the convention tests: an app without a database, and its OpenAPI document."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from app import create_app
from app.db.session import db
from tests.conftest import FAST_SETTINGS, settings_for


@pytest.fixture
def other_app(tmp_path) -> Iterator[Flask]:
    """Yield an app whose database is unreachable: its folder does not exist."""
    settings = settings_for(f"sqlite:///{tmp_path / 'missing' / 'spikecast.db'}", tmp_path)
    app = create_app(settings, TESTING=True, PROPAGATE_EXCEPTIONS=False, **FAST_SETTINGS)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def description(other_app) -> dict[str, Any]:
    """Return the OpenAPI document as served."""
    response = other_app.test_client().get("/api/openapi.json")
    assert response.status_code == 200
    return json.loads(response.text)
