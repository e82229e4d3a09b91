"""The format of API keys, and their checksum."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import key_format

BODY = "0123456789ABCDEFGHIJKLMNOPQRSTUV"


def test_the_checksum_of_a_known_key():
    """A fixed example for implementations in other languages."""
    assert zlib.crc32(BODY.encode()) == 1_546_885_699
    assert key_format.checksum(BODY) == "1ggZdL"
    assert key_format.is_well_formed(f"spk_{BODY}1ggZdL")


@given(st.text(key_format.ALPHABET, min_size=32, max_size=32))
def test_every_body_has_a_checksum_of_six_digits(body):
    assert len(key_format.checksum(body)) == 6
    assert key_format.is_well_formed(f"spk_{body}{key_format.checksum(body)}")


@given(st.integers(4, 41), st.sampled_from(key_format.ALPHABET))
def test_one_wrong_character_makes_the_checksum_fail(place, character):
    key = f"spk_{BODY}{key_format.checksum(BODY)}"
    mistyped = key[:place] + character + key[place + 1 :]
    assert key_format.is_well_formed(mistyped) == (mistyped == key)


@given(st.integers(4, 34))
def test_two_swapped_characters_make_the_checksum_fail(place):
    key = f"spk_{BODY}{key_format.checksum(BODY)}"
    swapped = key[:place] + key[place + 1] + key[place] + key[place + 2 :]
    assert not key_format.is_well_formed(swapped)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "spk_",
        "spk",
        BODY,
        f"SPK_{BODY}1ggZdL",
        f"spk_{BODY}1ggZd",
        f"spk_{BODY}1ggZdL\n",
        f" spk_{BODY}1ggZdL",
        f"spk_{BODY[:-1]}é1ggZdL",
        f"spk_{BODY}٤ggZdL",
        "\x00",
        "spk_" + "0" * 100000,
    ],
    ids=lambda text: ascii(text[:50]),
)
def test_malformed_keys_are_not_well_formed(text):
    assert not key_format.is_well_formed(text)


@given(st.text())
def test_arbitrary_text_is_not_well_formed(text):
    assert not key_format.is_well_formed(text)


def test_new_keys_use_the_whole_alphabet():
    assert set("".join(key_format.generate()[4:36] for _ in range(100))) == set(key_format.ALPHABET)
