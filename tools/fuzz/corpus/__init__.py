"""The corpus of hostile values, which is fixed, with one module for each kind."""

from tools.fuzz.corpus import headers, numbers, strings, structures, timestamps, urls
from tools.fuzz.corpus.value import Value

VALUES: tuple[Value, ...] = tuple(
    value for kind in (numbers, strings, timestamps, structures, urls, headers) for value in kind.values()
)
BY_NAME = {str(value): value for value in VALUES}

__all__ = ["BY_NAME", "VALUES", "Value"]
