"""Matchers: which alerts are meant, by labels with wildcards."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.values import matchers
from app.values.matchers import are_disjoint, compile_pattern, escape, find_errors, matches

PATTERNS = st.text("ab*\\", max_size=12)
TEXTS = st.text("ab*\\", max_size=12)


def to_regular_expression(pattern):
    """The same rules by another way: the tokens of a pattern, as a regular expression."""
    tokens = re.findall(r"\\\*|\*|[^*]", pattern, re.DOTALL)
    return "".join({"*": ".*", "\\*": r"\*"}.get(token, re.escape(token)) for token in tokens)


@given(PATTERNS, TEXTS)
def test_a_pattern_matches_what_its_regular_expression_matches(pattern, text):
    expected = re.fullmatch(to_regular_expression(pattern), text, re.DOTALL) is not None
    assert compile_pattern(pattern).matches(text) == expected


@given(st.text(max_size=20), st.text(max_size=20))
def test_an_escaped_text_matches_itself_and_nothing_else(text, other):
    pattern = compile_pattern(escape(text))
    assert pattern.is_literal
    assert pattern.matches(text)
    assert pattern.matches(other) == (other == text)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("EngineHot", "EngineHot", True),
        ("EngineHot", "enginehot", False),
        ("EngineHot", "EngineHotNow", False),
        ("Engine*", "Engine", True),
        ("*Hot*", "EngineHotNow", True),
        ("a*a", "a", False),
        ("*", "", True),
        ("", "", True),
        ("", "a", False),
        ("[a-z]?.+", "[a-z]?.+", True),
        ("[a-z]?.+", "abc", False),
        ("50\\*", "50*", True),
        ("50\\*", "500", False),
        ("C:\\temp", "C:\\temp", True),
        ("line*", "line\nbreak", True),
    ],
)
def test_only_the_asterisk_is_special(pattern, text, expected):
    assert matches({"label": pattern}, {"label": text}) is expected


def test_every_label_has_to_match():
    labels = {"alertname": "EngineHot", "severity": "page"}
    assert matches({"alertname": "EngineHot", "severity": "page"}, labels)
    assert not matches({"alertname": "EngineHot", "severity": "ticket"}, labels)


def test_no_matchers_match_every_alert():
    assert matches({}, {"alertname": "EngineHot"})


def test_a_missing_label_counts_as_empty_text():
    assert matches({"severity": ""}, {"alertname": "EngineHot"})
    assert matches({"severity": "*"}, {})
    assert not matches({"severity": "page"}, {"alertname": "EngineHot"})


def test_many_wildcards_take_no_exponential_time():
    pattern = compile_pattern("a*" * 900 + "b")
    started = time.perf_counter()
    assert not pattern.matches("a" * 1000)
    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ({"instance": "truck-01"}, {"instance": "truck-02"}, True),
        ({"instance": "truck-01"}, {"instance": "truck-01"}, False),
        ({"instance": "truck-01"}, {"instance": "truck-*"}, False),
        ({"instance": "a*"}, {"instance": "b*"}, False),
        ({"instance": "truck-01"}, {"severity": "page"}, False),
        ({}, {"instance": "truck-01"}, False),
        ({"instance": "1\\*"}, {"instance": "1"}, True),
    ],
)
def test_disjoint_matchers_name_two_texts_for_one_label(first, second, expected):
    assert are_disjoint(first, second) is expected
    assert are_disjoint(second, first) is expected


VALUES = st.sampled_from(["a", "b", "ab", "a*", "*", "\\*", ""])
SOME_MATCHERS = st.dictionaries(st.sampled_from(["x", "y"]), VALUES)


@given(SOME_MATCHERS, SOME_MATCHERS, st.dictionaries(st.sampled_from(["x", "y"]), st.text("ab*", max_size=2)))
def test_no_alert_matches_disjoint_matchers(first, second, labels):
    if are_disjoint(first, second):
        assert not (matches(first, labels) and matches(second, labels))


def test_matchers_within_bounds_have_no_errors():
    assert find_errors({}) == {}
    assert find_errors({"alertname": "Engine*", "severity": ""}) == {}
    assert find_errors({"n" * 200: escape("*" * 1000)}) == {}
    assert find_errors({f"label {number}": "a" for number in range(matchers.MAX_MATCHERS)}) == {}


@pytest.mark.parametrize("value", [None, "alertname=EngineHot", ["alertname"], 1, True])
def test_what_is_no_object_is_refused(value):
    assert find_errors(value) == {"": "must be an object of labels and texts"}


def test_more_than_16_labels_are_refused():
    assert find_errors({str(number): "a" for number in range(17)}) == {"": "must have at most 16 labels"}


@pytest.mark.parametrize("label", ["", "n" * 201, "a\0b"])
def test_a_label_out_of_bounds_is_refused(label):
    assert find_errors({label: "a"}) == {label: "a label has 1 to 200 characters, without NUL"}


@pytest.mark.parametrize("pattern", ["a" * 2001, "a\0b"])
def test_a_text_out_of_bounds_is_refused(pattern):
    assert find_errors({"severity": pattern}) == {
        "severity": "must have at most 2000 characters, without NUL"
    }


@pytest.mark.parametrize("pattern", [None, 1, True, ["page"], {"not": "page"}])
def test_a_text_of_another_type_is_refused(pattern):
    assert find_errors({"severity": pattern}) == {"severity": "must be a text"}
