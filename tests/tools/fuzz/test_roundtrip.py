"""Values that a response may show instead of the sent ones."""

import pytest

from tools.fuzz.roundtrip import is_preserved


@pytest.mark.parametrize(
    ("name", "given", "shown", "is_same"),
    [
        ("randomization_percentage", None, 0.0, True),  # the default
        ("randomization_percentage", None, 1.0, False),
        ("reset_number", None, None, True),
        ("reset_number", None, 0, False),
        ("interval", 1, 12, True),  # longer, because a preview has a limited number of polls
        ("interval", 12, 1, False),
    ],
)
def test_a_shown_value_may_differ_from_the_sent_one_only_as_documented(name, given, shown, is_same):
    assert is_preserved(name, given, shown) is is_same
