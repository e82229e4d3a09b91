"""What is normalised while a test runs: that takes time quadratic in the length of a text."""

import unicodedata

import pytest

from app.core.text import MAX_EXPANSION
from app.models.mixins import MAX_NAME_LENGTH

MAX_NORMALIZED = 3 * MAX_EXPANSION * MAX_NAME_LENGTH
"""Characters: a login may be folded, which makes it up to three times as long."""
MARKS = "a" + "\u0315\u0300" * 50_000
"""What takes longest: combining marks, which have to be sorted."""


def spy_on_normalizing(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How long each text is that anything normalises from now on."""
    lengths: list[int] = []
    real = unicodedata.normalize

    def spy(form: str, text: str) -> str:
        lengths.append(len(text))
        return real(form, text[: 2 * MAX_NORMALIZED])  # or a test that fails would take hours

    monkeypatch.setattr(unicodedata, "normalize", spy)
    return lengths
