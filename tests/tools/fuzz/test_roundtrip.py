"""What an answer may show instead of what was sent."""

import pytest

from tools.fuzz.roundtrip import is_preserved


@pytest.mark.parametrize(
    ("name", "given", "shown", "is_same"),
    [
        ("randomization_percentage", None, 0.0, True),  # the default
        ("randomization_percentage", None, 1.0, False),
        ("reset_number", None, None, True),
        ("reset_number", None, 0, False),
        ("interval", 1, 12, True),  # wider, for there are not that many polls in a preview
        ("interval", 12, 1, False),
    ],
)
def test_what_is_shown_may_differ_where_that_is_documented(name, given, shown, is_same):
    assert is_preserved(name, given, shown) is is_same
