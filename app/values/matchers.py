r"""Matchers: which alerts are meant, by their labels, such as `{"alertname": "Engine*", "severity": "page"}`.

An alert matches if every label does. `*` stands for any text, also for none; `\*` for an asterisk; no other
character is special. A label that the alert lacks counts as `""`. There are no regular expressions, so no
pattern takes more time than its length and the text's deserve.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass

MAX_MATCHERS = 16
MAX_LABEL_LENGTH = 200
MAX_VALUE_LENGTH = 1000
MAX_PATTERN_LENGTH = 2 * MAX_VALUE_LENGTH
"""Every value of a label can be written as a pattern, even one of asterisks alone."""

Matchers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern: the literal texts between its wildcards, so one text if there is no wildcard."""

    pieces: tuple[str, ...]

    @property
    def is_literal(self) -> bool:
        """Whether the pattern has no wildcard, so that it matches one text only."""
        return len(self.pieces) == 1

    def matches(self, text: str) -> bool:
        """Return whether the whole text matches."""
        if self.is_literal:
            return text == self.pieces[0]
        first, *between, last = self.pieces
        end = len(text) - len(last)
        position = len(first)
        if position > end or not (text.startswith(first) and text.endswith(last)):
            return False
        for piece in between:
            found = text.find(piece, position, end)
            if found < 0:
                return False
            position = found + len(piece)
        return True


@functools.lru_cache(maxsize=1024)
def compile_pattern(pattern: str) -> Pattern:
    """Split a pattern at its wildcards."""
    pieces = [""]
    position = 0
    while position < len(pattern):
        character = pattern[position]
        if pattern.startswith("\\*", position):
            pieces[-1] += "*"
            position += 2
            continue
        if character == "*":
            pieces.append("")
        else:
            pieces[-1] += character
        position += 1
    return Pattern(tuple(pieces))


def escape(text: str) -> str:
    """Return the pattern that matches this text only."""
    return text.replace("*", "\\*")


def matches(matchers: Matchers, labels: Mapping[str, str]) -> bool:
    """Return whether an alert with these labels matches. No matchers match every alert."""
    return all(compile_pattern(pattern).matches(labels.get(label, "")) for label, pattern in matchers.items())


def are_disjoint(first: Matchers, second: Matchers) -> bool:
    """Return whether no alert can match both, as far as literal patterns of a common label tell."""
    return any(
        first[label] != second[label]
        and compile_pattern(first[label]).is_literal
        and compile_pattern(second[label]).is_literal
        for label in first.keys() & second.keys()
    )


def find_errors(matchers: object) -> dict[str, str]:
    """Return what is wrong with matchers from outside: label → message, or `""` → one of the whole."""
    if not isinstance(matchers, dict):
        return {"": "must be an object of labels and texts"}
    if len(matchers) > MAX_MATCHERS:
        return {"": f"must have at most {MAX_MATCHERS} labels"}
    errors = {}
    for label, pattern in matchers.items():
        if not 0 < len(label) <= MAX_LABEL_LENGTH or "\0" in label:
            errors[label] = f"a label has 1 to {MAX_LABEL_LENGTH} characters, without NUL"
        elif not isinstance(pattern, str):
            errors[label] = "must be a text"
        elif len(pattern) > MAX_PATTERN_LENGTH or "\0" in pattern:
            errors[label] = f"must have at most {MAX_PATTERN_LENGTH} characters, without NUL"
    return errors
