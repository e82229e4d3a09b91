"""A spy on Unicode normalization, which takes time quadratic in the length of a text."""

import unicodedata

import pytest

from app.core.text import MAX_EXPANSION
from app.models.mixins import MAX_NAME_LENGTH

MAX_NORMALIZED = 3 * MAX_EXPANSION * MAX_NAME_LENGTH
"""The maximum number of characters; case folding may make a login up to three times as long."""
MARKS = "a" + "\u0315\u0300" * 50_000
"""The slowest input for normalization: combining marks, which have to be sorted."""


def spy_on_normalizing(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Record the length of each text that is normalized from now on, and return the list."""
    lengths: list[int] = []
    real = unicodedata.normalize

    def spy(form: str, text: str) -> str:
        lengths.append(len(text))
        return real(form, text[: 2 * MAX_NORMALIZED])  # truncated, or a failing test would take hours

    monkeypatch.setattr(unicodedata, "normalize", spy)
    return lengths
