"""Registering a format takes one module and one call of `register`."""

import pytest

from app.generation import formats
from app.generation.formats import Format
from app.generation.poll_result import PollResult, Rendered


def render_toy(result: PollResult) -> Rendered:
    lines = [f"{name}={value}" for name, value in result.data.items()]
    return Rendered("text/toy; charset=utf-8", "\n".join(lines).encode())


@pytest.fixture
def tool(make):
    make.collection("Truck", {"value_type": "NUMBER_FIXED", "name": "cpu"})
    return make.key()


@pytest.fixture
def toy(monkeypatch):
    """Register a second format for one test."""
    monkeypatch.setattr(formats, "FORMATS", {"json": formats.JSON})
    formats.register(Format("toy", render_toy))


@pytest.fixture(params=["", "/"], ids=["without a slash", "with a slash"])
def poll(app, tool, request):
    """Return a function that polls with a query, with or without a trailing slash."""

    def poll(query: str):
        return tool.get(f"/api/data/Truck/performance{request.param}{query}")

    return poll


def test_a_registered_format_is_polled_by_its_name(poll, toy):
    response = poll("?format=toy")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/toy; charset=utf-8"
    assert response.text == "cpu=7"


@pytest.mark.parametrize("query", ["", "?format=json", "?other=toy", "?informative=1"])
def test_the_default_format_is_json(poll, toy, query):
    response = poll(query)
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    assert response.json["data"] == {"cpu": 7}


@pytest.mark.parametrize("query", ["?format=xml", "?format="])
def test_an_unknown_format_is_refused_with_the_list_of_formats(poll, toy, query):
    response = poll(query)
    assert response.status_code == 400
    assert response.json["detail"].endswith("Use one of: json, toy.")


def test_a_poll_in_an_unknown_format_advances_no_counter(make, toy):
    make.collection("Bus", {"value_type": "INCREMENT", "name": "km", "start_number": 1, "step_number": 1})
    tool = make.key()
    assert tool.get("/api/data/Bus/performance?format=xml").status_code == 400
    assert tool.data("Bus") == {"km": 1}
