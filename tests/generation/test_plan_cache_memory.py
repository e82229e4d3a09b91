"""The plan cache is bounded by its size in memory, not by the number of fields alone."""

import tracemalloc

from app.generation import plan_cache

FIELDS, LENGTH = 12, 60_000


def test_long_texts_count_by_their_size_in_memory(app, make, monkeypatch):
    plans = plan_cache.PlanCache(app, max_fields=5_000)  # 2 MB
    monkeypatch.setattr(app.extensions["polls"], "plans", plans)
    tool = make.key()
    field = {"value_type": "TEXT_FIXED", "fixed_value_text": "x" * LENGTH}
    names = [f"Truck {number}" for number in range(6)]  # 4.3 MB of texts
    for name in names:
        make.collection(name, *({"name": f"note {number}"} | field for number in range(FIELDS)))
    tracemalloc.start()
    for name in names:
        tool.poll(name)
    assert tracemalloc.get_traced_memory()[0] < 5_000 * plan_cache.FIELD_BYTES * 1.5
    tracemalloc.stop()
    assert 0 < len(plans) < len(names)


def test_a_plan_larger_than_the_cache_is_served_but_not_cached(app, make, monkeypatch):
    plans = plan_cache.PlanCache(app, max_fields=10)
    monkeypatch.setattr(app.extensions["polls"], "plans", plans)
    make.collection("Truck", {"value_type": "TEXT_FIXED", "fixed_value_text": "x" * LENGTH, "name": "note"})
    assert make.key().data("Truck") == {"note": "x" * LENGTH}
    assert len(plans) == 0


def test_ordinary_fields_count_one_each(app, make, monkeypatch):
    plans = plan_cache.PlanCache(app, max_fields=22)
    monkeypatch.setattr(app.extensions["polls"], "plans", plans)
    tool = make.key()
    for name in ("Truck 01", "Truck 02"):
        make.collection(name, *({"name": f"n{number}"} for number in range(10)))
        tool.poll(name)
    assert len(plans) == 2


def test_format_templates_count_by_their_size_in_memory(app, make, monkeypatch):
    plans = plan_cache.PlanCache(app, max_fields=54)
    monkeypatch.setattr(app.extensions["polls"], "plans", plans)
    tool = make.key()
    for name in ("a", "b"):
        make.collection(name, *({"name": f"n{number}"} for number in range(25)))
        tool.poll(name)
    assert len(plans) == 2
    tool.get("/api/data/a/performance?format=prometheus")  # some 70 bytes a field
    assert len(plans) == 1


def test_a_plan_too_large_with_its_template_is_not_cached(app, make, monkeypatch):
    plans = plan_cache.PlanCache(app, max_fields=30)
    monkeypatch.setattr(app.extensions["polls"], "plans", plans)
    tool = make.key()
    make.collection("a", *({"name": f"n{number}"} for number in range(25)))
    for _ in range(2):
        answer = tool.get("/api/data/a/performance?format=prometheus")
        assert answer.status_code == 200
        assert len(plans) == 0, "plan and template together are larger than the bound"
