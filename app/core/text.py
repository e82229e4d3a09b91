"""Text from outside: its length is checked before any work that grows faster than linearly.

Unicode normalization sorts runs of combining marks, which takes time quadratic in the length of a run. So all
text from outside is normalized here, after its length was checked.
"""

import unicodedata

MAX_EXPANSION = 4
"""Into how many characters canonical decomposition turns one at most (UAX #15, "Growth": U+1F82)."""


class TextTooLong(ValueError):
    """Text is longer than allowed; `length` is its number of characters."""

    def __init__(self, length: int) -> None:
        super().__init__(f"a text of {length} characters is too long")
        self.length = length


def bounded_nfc(text: str, max_length: int) -> str:
    """Return `text` in Unicode's composed form (NFC), in time linear in its length.

    A text of more than 4 × `max_length` characters has more than `max_length` in NFC too, so it is refused
    as it is. Callers that need at most `max_length` characters must still count the result.

    Raises:
        TextTooLong: `text` cannot have `max_length` characters or fewer in NFC.
    """
    if len(text) > MAX_EXPANSION * max_length:
        raise TextTooLong(len(text))
    return unicodedata.normalize("NFC", text)


def normalize_name(text: str, max_length: int) -> str:
    """Return a name as it is stored and looked up: trimmed, in NFC. Raises as `bounded_nfc` does."""
    return bounded_nfc(text.strip(), max_length)


def bounded_casefold(text: str, max_length: int) -> str:
    """Return a key for comparing texts regardless of letter case and Unicode composition.

    As bounded as `bounded_nfc`.

    Raises:
        TextTooLong: `text` cannot have `max_length` characters or fewer in NFC.
    """
    if len(text) > MAX_EXPANSION * max_length:
        raise TextTooLong(len(text))
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).casefold())


def shorten(text: str, max_length: int = 100) -> str:
    """Return `text`, cut with an ellipsis if longer: for messages that quote input."""
    return text if len(text) <= max_length else f"{text[:max_length]}…"
