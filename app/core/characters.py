"""Invisible characters."""

import unicodedata

# Default_Ignorable_Code_Point without those of the category Cf, and the blank pattern of Braille:
# https://www.unicode.org/Public/UCD/latest/ucd/DerivedCoreProperties.txt
_FILLERS = (
    ("\u034f", "\u034f"),
    ("\u115f", "\u1160"),
    ("\u17b4", "\u17b5"),
    ("\u180b", "\u180f"),
    ("\u2065", "\u2065"),
    ("\u2800", "\u2800"),
    ("\u3164", "\u3164"),
    ("\ufe00", "\ufe0f"),
    ("\uffa0", "\uffa0"),
    ("\ufff0", "\ufff8"),
    ("\U000e0000", "\U000e0fff"),
)


def is_invisible(character: str) -> bool:
    """Return whether a character is invisible: format, control, filler, or a blank other than a space."""
    category = unicodedata.category(character)
    if category in {"Cc", "Cf", "Zl", "Zp"} or (category == "Zs" and character != " "):
        return True
    return any(first <= character <= last for first, last in _FILLERS)
