"""The password policy: one rule for forms, the API, the command line and settings.

A password has 8 to 128 characters, counted after NFC; nothing is trimmed. Blank passwords, the most common
passwords, and the names of the user and the product are refused. Letter case, surrounding digits and
punctuation, letters written as digits (`p@ssw0rd`) and repetition make no difference.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from app.core.characters import is_invisible

MIN_LENGTH, MAX_LENGTH = 8, 128
PRODUCT_NAME = "spikecast"
MIN_NAME_LENGTH = 3
"""Shorter names are part of too many good passwords."""

BLANK_ERROR = "must not be blank"
COMMON_ERROR = "is one of the most common passwords; use a few random words instead"
NAME_ERROR = "must not be the user name, the e-mail address or the name of this product"

_LIST = Path(__file__).with_name("common_passwords") / "passwords.txt"
_LEET = str.maketrans("@4310$57!", "aaeiosst" + "i")
_SURROUNDING_NON_LETTERS = re.compile(r"^[\W\d_]+|[\W\d_]+$")


def find_weakness(password: str, names: Iterable[str] = ()) -> str | None:
    """Return why the password is refused, or None. `names` are the user's own names."""
    if all(character == " " or is_invisible(character) for character in password):
        return BLANK_ERROR
    variants = _build_variants(password)
    if variants & _load_common_passwords():
        return COMMON_ERROR
    return NAME_ERROR if variants & _guessable_names(names) else None


def _guessable_names(names: Iterable[str]) -> set[str]:
    whole = [PRODUCT_NAME, *names]
    parts = [part for name in whole for part in (name, name.partition("@")[0])]
    return {fold(part) for part in parts if len(part) >= MIN_NAME_LENGTH}


def _build_variants(password: str) -> set[str]:
    """Return the texts, in lower case, to which the password is equivalent."""
    text = fold(password)
    forms = {text, _repeated_unit(text)}
    forms |= {_SURROUNDING_NON_LETTERS.sub("", each) for each in forms}
    return forms | {each.translate(_LEET) for each in forms}


def _repeated_unit(text: str) -> str:
    """Return the unit that the text repeats, such as `abc` in `abcabcabc`, or the text itself."""
    period = (text + text).find(text, 1)
    return text[:period]


def fold(text: str) -> str:
    """Return the text in NFKC and without letter case."""
    return unicodedata.normalize("NFKC", text).casefold()


@cache
def _load_common_passwords() -> frozenset[str]:
    return frozenset(_LIST.read_text(encoding="utf-8").splitlines())
