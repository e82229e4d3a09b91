"""The grants cache by itself, without a database."""

from datetime import UTC, datetime

import pytest

from app.generation.authorization import Authorization, CollectionRef, Grant, PollRequest
from app.generation.fastpath import grants_cache
from app.values import CollectionType

GRANT = Grant("hash", 1, None, 1, "EDITOR", "PERFORMANCE", 1, "Truck", 1, 5)
AUTHORIZATION = Authorization(GRANT, None, datetime(2026, 11, 27, 8, tzinfo=UTC))


def request(number: int = 0) -> PollRequest:
    return PollRequest(f"hash {number}", CollectionRef("Truck"), CollectionType.PERFORMANCE)


@pytest.fixture
def cache():
    cache = grants_cache.GrantsCache()
    cache.put(request(), AUTHORIZATION, revision=1)
    return cache


def test_an_entry_is_fresh_at_the_revision_at_which_it_was_read(cache):
    assert cache.get_fresh(request(), 1) == AUTHORIZATION
    assert cache.get_fresh(request(), 2) is None


def test_get_returns_an_entry_regardless_of_its_revision(cache):
    assert cache.get(request()) == AUTHORIZATION


def test_without_a_revision_nothing_is_fresh(cache):
    cache.put(request(), AUTHORIZATION, revision=None)
    assert cache.get_fresh(request(), None) is None


def test_the_number_of_entries_is_bounded(cache):
    for number in range(grants_cache.MAX_ENTRIES + 10):
        cache.put(request(number), AUTHORIZATION, revision=1)
    assert len(cache) == grants_cache.MAX_ENTRIES
