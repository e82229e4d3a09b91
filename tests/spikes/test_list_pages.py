"""The pages of a list are the list, in pieces: in every order, from its beginning and from its end."""

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
    """At 08:05 four are over, two are on, four to come; there are twins by each column but the id."""
    collections = {name: make.collection(name, {}) for name in "ABC"}
    for collection, name, start, end in WINDOWS:
        make.spike(collections[collection], name=name, start_datetime=at(start), end_datetime=at(end))
    clock.move_to(at(5))


def ids(caller, **query):
    page = caller.get("/api/spike-schedules", query_string=query).json
    return [item["id"] for item in page["items"]], page["total"]


@pytest.mark.parametrize(
    ("search", "few"),
    [("", offset_pages.MATERIALIZE_LIMIT), ("rush", offset_pages.MATERIALIZE_LIMIT), ("rush", 3)],
    ids=["all", "found at once", "too many to keep aside"],
)
@pytest.mark.parametrize("sort", SORTS)
def test_pages_together_are_the_list(owner, spikes, monkeypatch, sort, search, few):
    whole, total = ids(owner, sort=sort, search=search)
    assert len(whole) == total > 3
    monkeypatch.setattr(offset_pages, "MATERIALIZE_LIMIT", few)
    pages = [ids(owner, sort=sort, search=search, per_page=3, page=page) for page in range(1, 6)]
    assert [item for page, _ in pages for item in page] == whole
    assert {count for _, count in pages} == {total}


@pytest.mark.parametrize("column", [*SORTABLE, BY_STATUS])
def test_descending_is_the_list_from_its_end(owner, spikes, column):
    upwards, _ = ids(owner, sort=column)
    downwards, _ = ids(owner, sort=f"-{column}")
    assert upwards == downwards[::-1]


@pytest.mark.parametrize("status", ["scheduled", "active", "expired"])
@pytest.mark.parametrize("search", ["", "rush"])
def test_by_standing_one_status_stands_as_it_does_among_all(owner, spikes, status, search):
    whole = owner.get(f"/api/spike-schedules?sort=standing&search={search}").json["items"]
    alone = owner.get(f"/api/spike-schedules?sort=standing&search={search}&status={status}").json["items"]
    assert alone == [item for item in whole if item["status"] == status] != []
