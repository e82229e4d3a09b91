"""Names that every named resource accepts, and names that it rejects."""

import unicodedata

import pytest
from hypothesis import strategies as st

BIDI_CONTROLS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"

VALID_NAME_CASES = [
    pytest.param("a", "a", id="one character"),
    pytest.param("x" * 255, "x" * 255, id="255 characters"),
    pytest.param("🚚" * 255, "🚚" * 255, id="255 emoji"),
    pytest.param(" " * 200 + "x" * 255 + "\n", "x" * 255, id="255 characters after trimming"),
    pytest.param("e\u0301" * 255, "\u00e9" * 255, id="255 characters after composing"),
    pytest.param(" \t Truck 01 \r\n", "Truck 01", id="white space around it"),
    pytest.param("\u00a0\u3000Truck 01\u2003", "Truck 01", id="Unicode's white space around it"),
    pytest.param("Cafe\u0301", "Caf\u00e9", id="decomposed"),
    pytest.param("a/b//c", "a/b//c", id="slashes"),
    pytest.param("100 %25 %", "100 %25 %", id="percent signs"),
    pytest.param('"it\'s" \\ <b>&amp;', '"it\'s" \\ <b>&amp;', id="quotes and markup"),
    pytest.param("'; DROP TABLE users; --", "'; DROP TABLE users; --", id="SQL"),
    pytest.param("..", "..", id="two dots"),
    pytest.param("שלום عالم", "שלום عالم", id="right to left without overrides"),
    pytest.param("👩‍🚒 Ωμέγα ΐ 北京", "👩‍🚒 Ωμέγα ΐ 北京", id="any script"),
]
"""Pairs of a given name and the stored one."""

INVALID_NAME_CASES = [
    pytest.param("", "must not be empty", id="empty"),
    pytest.param(" \t\n\u3000", "must not be empty", id="white space only"),
    pytest.param("x" * 256, "must have at most 255 characters, not 256", id="256 characters"),
    pytest.param("🚚" * 256, "must have at most 255 characters, not 256", id="256 emoji"),
    pytest.param("a\x00b", "must not contain NUL characters", id="NUL"),
    pytest.param("a\nb", "must not contain control characters", id="a line feed within"),
    pytest.param("a\x1bb", "must not contain control characters", id="escape"),
    pytest.param("a\x7fb", "must not contain control characters", id="delete"),
    pytest.param("a\x9bb", "must not contain control characters", id="a C1 control"),
    *(
        pytest.param(
            f"a{turner}b",
            "must not contain bidirectional control characters",
            id=f"U+{ord(turner):04X}",
        )
        for turner in BIDI_CONTROLS
    ),
    pytest.param(None, "must not be null", id="null"),
    pytest.param(7, "must be a string", id="a number"),
    pytest.param(True, "must be a string", id="a truth value"),
    pytest.param(["a"], "must be a string", id="a list"),
]
"""Pairs of a given name and the error message."""

VALID_NAMES = [case.values for case in VALID_NAME_CASES]
INVALID_NAMES = [case.values for case in INVALID_NAME_CASES]

any_name = (
    st.text(
        st.characters(exclude_categories=["Cs", "Cc"], exclude_characters=BIDI_CONTROLS),
        min_size=1,
        max_size=255,
    )
    .map(lambda text: unicodedata.normalize("NFC", text.strip()))
    .filter(lambda text: 1 <= len(text) <= 255)
)
"""A strategy for names in their stored form."""
