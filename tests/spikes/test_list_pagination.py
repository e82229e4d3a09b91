"""Pages of the list of spikes: together they are the full list, in every sort order and direction."""

import pytest

from app.spikes.api import BY_STATUS, SORTABLE
from app.web import offset_pages
from tests.support.timestamps import at

SORTS = [prefix + column for column in (*SORTABLE, BY_STATUS) for prefix in ("", "-")]


WINDOWS = [
    ("A", "Rush 1", 0, 2),
    ("B", "Rush 1", 0, 2),
    ("C", "Rush 2", 1, 2),
    ("A", "Rush 2", 3, 4),
    ("B", "Rush 2", 3, 20),
    ("C", "Rush 2", 4, 21),
    ("A", "Rush 1", 10, 20),
    ("C", "Lull", 25, 30),
    ("B", "Rush 1", 25, 30),
    ("A", "Rush 2", 25, 31),
]


@pytest.fixture
def spikes(make, clock):
    """Create ten spikes: at 08:05 four are expired, two active and four scheduled.

    Every column except the id has equal values, so that the order of ties is tested too.
    """
    collections = {name: make.collection(name, {}) for name in "ABC"}
    for collection, name, start, end in WINDOWS:
        make.spike(collections[collection], name=name, start_datetime=at(start), end_datetime=at(end))
    clock.move_to(at(5))


def get_ids(caller, **query):
    page = caller.get("/api/spike-schedules", query_string=query).json
    return [item["id"] for item in page["items"]], page["total"]


@pytest.mark.parametrize(
    ("search", "limit"),
    [("", offset_pages.MATERIALIZE_LIMIT), ("rush", offset_pages.MATERIALIZE_LIMIT), ("rush", 3)],
    ids=["no search", "matches are materialized", "too many matches to materialize"],
)
@pytest.mark.parametrize("sort", SORTS)
def test_all_pages_together_are_the_full_list(owner, spikes, monkeypatch, sort, search, limit):
    full, total = get_ids(owner, sort=sort, search=search)
    assert len(full) == total > 3
    monkeypatch.setattr(offset_pages, "MATERIALIZE_LIMIT", limit)
    pages = [get_ids(owner, sort=sort, search=search, per_page=3, page=page) for page in range(1, 6)]
    assert [item for page, _ in pages for item in page] == full
    assert {count for _, count in pages} == {total}


@pytest.mark.parametrize("column", [*SORTABLE, BY_STATUS])
def test_descending_order_is_ascending_order_reversed(owner, spikes, column):
    upwards, _ = get_ids(owner, sort=column)
    downwards, _ = get_ids(owner, sort=f"-{column}")
    assert upwards == downwards[::-1]


@pytest.mark.parametrize("status", ["scheduled", "active", "expired"])
@pytest.mark.parametrize("search", ["", "rush"])
def test_filtering_by_status_keeps_the_order_by_standing(owner, spikes, status, search):
    full = owner.get(f"/api/spike-schedules?sort=standing&search={search}").json["items"]
    alone = owner.get(f"/api/spike-schedules?sort=standing&search={search}&status={status}").json["items"]
    assert alone == [item for item in full if item["status"] == status] != []
