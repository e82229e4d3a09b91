"""The corpus: hostile values, always the same ones, in files by kind."""

from fuzz.corpus import addresses, headers, instants, numbers, oddities, texts
from fuzz.corpus.value import Value

VALUES: tuple[Value, ...] = tuple(
    value for kind in (numbers, texts, instants, oddities, addresses, headers) for value in kind.values()
)
BY_NAME = {str(value): value for value in VALUES}

__all__ = ["BY_NAME", "VALUES", "Value"]
