"""A collection with any name can be polled: by the name as one URL-encoded segment, or by id."""

import unicodedata
from urllib.parse import quote

import pytest

from tests.support.normalizing import MARKS, MAX_NORMALIZED, spy_on_normalizing
from tests.support.problems import refused

NAMES = [
    "Truck 01",
    "a/b",
    "a//b",
    "/a",
    "//a",
    "a/",
    "/",
    "a/performance",
    "performance/configuration",
    "100%",
    "100%25",
    "%",
    "%2F",
    "a%2Fb",
    "%00",
    "..",
    ".",
    "../..",
    "a/../b",
    "./a",
    "a+b",
    "a b+c",
    "?",
    "a?b=c&d",
    "#",
    "a#b",
    "a;b",
    "a&b",
    "'; DROP TABLE fields; --",
    'say "hello"',
    "`$(id)`",
    "<script>alert(1)</script>",
    "a\\b",
    "[a]{b}|^~",
    "日本のトラック",
    "Ωmega",
    "🚚",
    "👩‍🚀",
    "Zoë",
    "İstanbul",
    "straße",
    "ﬁ",
    "x" * 255,
    "🚚" * 255,
]


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_collection_with_any_name_can_be_polled(make, name):
    collection = make.collection(name, {"value_type": "NUMBER_FIXED", "name": "cpu"})
    tool = make.key()
    by_name = tool.poll(name)
    assert by_name.status_code == 200, by_name.text
    assert by_name.json["collection"] == name
    assert tool.get(f"/api/collections/{collection['id']}/data/performance").data == by_name.data


@pytest.mark.parametrize(("created", "sent"), [("NFC", "NFD"), ("NFD", "NFC"), ("NFD", "NFD")])
def test_a_name_is_found_in_composed_and_decomposed_form(make, created, sent):
    make.collection(unicodedata.normalize(created, "Café Ångström"), {"value_type": "EPOCH_NOW"})
    response = make.key().poll(unicodedata.normalize(sent, "Café Ångström"))
    assert response.status_code == 200
    assert response.json["collection"] == unicodedata.normalize("NFC", "Café Ångström")


@pytest.mark.parametrize("ending", ["", "/"])
def test_a_decomposed_name_is_found_with_and_without_percent_encoding(make, ending):
    make.collection("Café", {"value_type": "EPOCH_NOW", "name": unicodedata.normalize("NFD", "Größe")})
    decomposed = unicodedata.normalize("NFD", "Café")
    assert decomposed != "Café"
    escaped = quote(decomposed)
    for name in (decomposed, escaped, escaped.replace("%CC", "%cc"), f"%20{escaped}"):
        response = make.key().get(f"/api/data/{name}/performance{ending}")
        assert response.json["collection"] == "Café"
        assert list(response.json["data"]) == ["Größe"]


def test_an_overlong_name_is_404_and_not_normalized(make, monkeypatch):
    make.collection("Truck", {"value_type": "EPOCH_NOW"})
    tool, normalized = make.key(), spy_on_normalizing(monkeypatch)
    refused(tool.poll(MARKS), 404)
    assert max(normalized, default=0) <= MAX_NORMALIZED


def test_the_longest_name_is_found_in_decomposed_form(make):
    name = "\u1f82" * 255
    make.collection(name, {"value_type": "EPOCH_NOW"})
    assert make.key().poll(unicodedata.normalize("NFD", name)).json["collection"] == name


def test_spaces_around_a_name_do_not_matter(make):
    make.collection("  Truck 01 ", {"value_type": "EPOCH_NOW"})
    tool = make.key()
    for name in ("Truck 01", " Truck 01", "Truck 01\u2003"):
        assert tool.poll(name).json["collection"] == "Truck 01"


def test_names_that_decode_to_each_other_are_distinguished(make):
    values = {}
    for number, name in enumerate(["a/b", "a%2Fb", "a%252Fb", "a b", "a+b", "a%20b"]):
        make.collection(name, {"value_type": "NUMBER_FIXED", "name": "it", "fixed_value_number": number})
        values[name] = {"it": number}
    tool = make.key()
    assert {name: tool.data(name) for name in values} == values


def test_slashes_need_not_be_encoded(make):
    make.collection("a//b/c", {"value_type": "EPOCH_NOW"})
    assert make.key().get("/api/data/a//b/c/performance").json["collection"] == "a//b/c"


def test_only_the_last_segment_is_the_type(make):
    make.collection("x", {"value_type": "NUMBER_FIXED", "name": "short"})
    make.collection("x/performance", {"value_type": "NUMBER_FIXED", "name": "long"})
    tool = make.key()
    assert list(tool.get("/api/data/x/performance").json["data"]) == ["short"]
    assert list(tool.get("/api/data/x/performance/performance").json["data"]) == ["long"]


def test_percent_encoding_is_case_insensitive(make):
    make.collection("a/ü", {"value_type": "EPOCH_NOW"})
    tool = make.key()
    encoded = quote("a/ü", safe="")
    assert encoded != encoded.lower()
    for form in (encoded, encoded.lower()):
        assert tool.get(f"/api/data/{form}/performance").status_code == 200
