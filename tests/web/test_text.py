"""Text from outside: how long it may be is looked at before it is normalised."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.text import MAX_EXPANSION, TextTooLong, bounded_casefold, bounded_nfc, shorten
from app.models.user import folded
from tests.support.normalizing import spy_on_normalizing

MARKS = "\u0315\u0300\u05ae\u0301"
TEXTS = st.text(st.characters(codec="utf-8"), max_size=60) | st.text(
    st.sampled_from("a\u1f82\ufb2c\U0001d160\uac01" + MARKS), max_size=60
)


def test_no_character_is_decomposed_into_more_than_are_allowed_for():
    most = max(len(unicodedata.normalize("NFD", chr(code))) for code in range(sys.maxunicode + 1))
    assert most == MAX_EXPANSION


@given(TEXTS, st.integers(0, 20))
def test_only_what_is_too_long_when_composed_is_refused(text, max_length):
    composed = unicodedata.normalize("NFC", text)
    if len(text) <= MAX_EXPANSION * max_length:
        assert bounded_nfc(text, max_length) == composed
        return
    with pytest.raises(TextTooLong) as refusal:
        bounded_nfc(text, max_length)
    assert refusal.value.length == len(text)
    assert len(composed) > max_length


@given(TEXTS)
def test_folding_tells_neither_case_nor_composition_apart(text):
    composed = unicodedata.normalize("NFC", text)
    assert bounded_casefold(text, 1_000) == bounded_casefold(composed, 1_000)


@pytest.fixture
def normalized(monkeypatch) -> list[int]:
    """How long each text was that anything normalised."""
    return spy_on_normalizing(monkeypatch)


@pytest.mark.parametrize("bounded", [bounded_nfc, bounded_casefold])
def test_what_is_too_long_is_not_normalised(normalized, bounded):
    with pytest.raises(TextTooLong):
        bounded(MARKS * 100_000, 255)
    assert not normalized


def test_what_is_too_long_to_be_a_user_name_is_left_as_it_is(normalized):
    text = MARKS * 100_000
    assert folded(text) == text
    assert not normalized


def test_a_long_text_is_shortened_for_messages():
    assert shorten("x" * 100) == "x" * 100
    assert shorten("x" * 101) == "x" * 100 + "…"
