"""Whatever a collection is called, it can be polled: one URL-encoded segment, or its id."""

import unicodedata
from urllib.parse import quote

import pytest

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
def test_a_name_may_be_anything(make, name):
    collection = make.collection(name, {"value_type": "NUMBER_FIXED", "name": "cpu"})
    tool = make.key()
    by_name = tool.poll(name)
    assert by_name.status_code == 200, by_name.text
    assert by_name.json["collection"] == name
    assert tool.get(f"/api/collections/{collection['id']}/data/performance").data == by_name.data


@pytest.mark.parametrize(("kept", "sent"), [("NFC", "NFD"), ("NFD", "NFC"), ("NFD", "NFD")])
def test_a_name_is_found_however_its_characters_are_composed(make, kept, sent):
    make.collection(unicodedata.normalize(kept, "Café Ångström"), {"value_type": "EPOCH_NOW"})
    response = make.key().poll(unicodedata.normalize(sent, "Café Ångström"))
    assert response.status_code == 200
    assert response.json["collection"] == unicodedata.normalize("NFC", "Café Ångström")


def test_spaces_around_a_name_do_not_matter(make):
    make.collection("  Truck 01 ", {"value_type": "EPOCH_NOW"})
    tool = make.key()
    for name in ("Truck 01", " Truck 01", "Truck 01\u2003"):
        assert tool.poll(name).json["collection"] == "Truck 01"


def test_names_that_decode_to_each_other_are_told_apart(make):
    values = {}
    for number, name in enumerate(["a/b", "a%2Fb", "a%252Fb", "a b", "a+b", "a%20b"]):
        make.collection(name, {"value_type": "NUMBER_FIXED", "name": "it", "fixed_value_number": number})
        values[name] = {"it": number}
    tool = make.key()
    assert {name: tool.data(name) for name in values} == values


def test_slashes_need_not_be_encoded(make):
    make.collection("a//b/c", {"value_type": "EPOCH_NOW"})
    assert make.key().get("/api/data/a//b/c/performance").json["collection"] == "a//b/c"


def test_a_name_that_ends_like_a_type_is_told_by_the_last_segment(make):
    make.collection("x", {"value_type": "NUMBER_FIXED", "name": "short"})
    make.collection("x/performance", {"value_type": "NUMBER_FIXED", "name": "long"})
    tool = make.key()
    assert list(tool.get("/api/data/x/performance").json["data"]) == ["short"]
    assert list(tool.get("/api/data/x/performance/performance").json["data"]) == ["long"]


def test_letters_of_the_encoding_may_be_small_or_large(make):
    make.collection("a/ü", {"value_type": "EPOCH_NOW"})
    tool = make.key()
    encoded = quote("a/ü", safe="")
    assert encoded != encoded.lower()
    for form in (encoded, encoded.lower()):
        assert tool.get(f"/api/data/{form}/performance").status_code == 200
