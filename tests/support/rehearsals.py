"""Expectations of rehearsals, as the API takes them."""

from typing import Any


def expect(name: str = "EngineHot", **settings: Any) -> dict[str, Any]:
    """Return the expectation that this alert fires within a minute and resolves within one."""
    return {"match": {"alertname": name}, "within": 60, "resolve_within": 60} | settings


def expect_quiet(name: str = "TruckDown", **settings: Any) -> dict[str, Any]:
    """Return the expectation that this alert stays quiet."""
    return {"kind": "quiet", "match": {"alertname": name}} | settings
