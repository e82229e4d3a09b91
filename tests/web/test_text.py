"""Text from outside: its length is checked before it is normalised."""

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


def test_no_character_decomposes_into_more_than_max_expansion():
    most = max(len(unicodedata.normalize("NFD", chr(code))) for code in range(sys.maxunicode + 1))
    assert most == MAX_EXPANSION


@given(TEXTS, st.integers(0, 20))
def test_only_text_that_is_too_long_when_composed_is_refused(text, max_length):
    composed = unicodedata.normalize("NFC", text)
    if len(text) <= MAX_EXPANSION * max_length:
        assert bounded_nfc(text, max_length) == composed
        return
    with pytest.raises(TextTooLong) as refusal:
        bounded_nfc(text, max_length)
    assert refusal.value.length == len(text)
    assert len(composed) > max_length


@given(TEXTS)
def test_case_folding_gives_the_same_for_composed_and_decomposed_text(text):
    composed = unicodedata.normalize("NFC", text)
    assert bounded_casefold(text, 1_000) == bounded_casefold(composed, 1_000)


@pytest.fixture
def normalized(monkeypatch) -> list[int]:
    """Return a list that collects the length of each normalised text."""
    return spy_on_normalizing(monkeypatch)


@pytest.mark.parametrize("bounded", [bounded_nfc, bounded_casefold])
def test_text_that_is_too_long_is_not_normalised(normalized, bounded):
    with pytest.raises(TextTooLong):
        bounded(MARKS * 100_000, 255)
    assert not normalized


def test_text_that_is_too_long_for_a_user_name_is_not_folded(normalized):
    text = MARKS * 100_000
    assert folded(text) == text
    assert not normalized


def test_messages_shorten_text_to_100_characters():
    assert shorten("x" * 100) == "x" * 100
    assert shorten("x" * 101) == "x" * 100 + "…"
