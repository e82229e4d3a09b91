"""The bounded LRU cache, used for grants and plans."""

from concurrent.futures import ThreadPoolExecutor

from app.generation.lru import LRU


def fill(cache: LRU[int, int], *keys: int) -> None:
    for key in keys:
        cache.put(key, key)


def test_the_least_recently_used_entry_is_evicted_first():
    cache: LRU[int, int] = LRU(4)
    fill(cache, 1, 2, 3, 4)
    cache.get(1)
    fill(cache, 5)
    assert [cache.get(key) for key in (1, 2, 3, 4, 5)] == [1, None, 3, 4, 5]


def test_an_entry_costs_what_the_cost_function_returns():
    cache: LRU[str, str] = LRU(10, len)
    for text in ("aaaa", "bbbb", "cc", "ddddd"):
        cache.put(text, text)
    assert [cache.get(text) for text in ("aaaa", "bbbb", "cc", "ddddd")] == [None, None, "cc", "ddddd"]


def test_an_entry_beyond_the_capacity_is_not_stored_and_removes_its_predecessor():
    cache: LRU[str, str] = LRU(5, len)
    cache.put("key", "small")
    cache.put("key", "too large")
    assert cache.get("key") is None
    assert len(cache) == 0


def test_a_missing_entry_is_none():
    assert LRU(5).get("key") is None
    assert LRU(0).get("key") is None


def test_threads_may_share_a_cache():
    cache: LRU[int, int] = LRU(50)

    def use(offset: int) -> None:
        for number in range(2000):
            key = (number * 7 + offset) % 100
            cache.put(key, key)
            assert cache.get((key * 3) % 100) in {None, (key * 3) % 100}

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(use, range(8)))
    assert len(cache) <= 50
