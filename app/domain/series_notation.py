"""The notation of a series, `name{label="value",…}`, as people write it in rules and dashboards.

A field can have such a series of its own (`metric`), so that a collection stands in for a real exporter.

Source: https://prometheus.io/docs/concepts/data_model/#notation
"""

import re
from typing import NamedTuple

from app.domain.metric_names import SPIKE_PREFIX, escape_label_value

_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL = re.compile(r'\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\\n]|\\[\\"n])*)"\s*(,|$)')
_ESCAPE = re.compile(r"\\(.)")
_RESERVED_NAMES = frozenset({"up", "target_info"})
_RESERVED_PREFIXES = (SPIKE_PREFIX, "scrape_", "ALERTS")


class Series(NamedTuple):
    """A series: its name, and its labels in the order of their names.

    As a text it is canonical: two texts that denote one series are equal.
    """

    name: str
    labels: tuple[tuple[str, str], ...]

    def format_labels(self) -> str:
        """Return the labels as they stand between the braces."""
        return ",".join(f'{name}="{escape_label_value(value)}"' for name, value in self.labels)

    def __str__(self) -> str:
        return f"{self.name}{{{self.format_labels()}}}" if self.labels else self.name


def parse_series(text: str) -> Series:
    """Return the series that `text` denotes.

    Raises:
        ValueError: with a message for people, if it is no series, or one of Prometheus or Spikecast itself.
    """
    text = text.strip()
    found = _NAME.match(text)
    if found is None:
        raise ValueError("must begin with a metric name, such as node_load1: letters, digits, _ and :")
    name, rest = found[0], text[found.end() :].strip()
    if name in _RESERVED_NAMES or name.startswith(_RESERVED_PREFIXES):
        raise ValueError(f"must not be {name}: Prometheus or Spikecast writes this metric itself")
    if rest and not (rest.startswith("{") and rest.endswith("}")):
        raise ValueError('must be a metric name, or a name with labels: node_load1{cpu="0"}')
    return Series(name, _parse_labels(rest[1:-1]) if rest else ())


def _parse_labels(text: str) -> tuple[tuple[str, str], ...]:
    labels: dict[str, str] = {}
    position = 0
    text = text.strip()
    while position < len(text):
        found = _LABEL.match(text, position)
        if found is None:
            raise ValueError('must have labels such as cpu="0", with commas between them')
        name = found[1]
        if name.startswith("__"):
            raise ValueError(f"must not have the label {name}: names that begin with __ belong to Prometheus")
        if name in labels:
            raise ValueError(f"must not have the label {name} twice")
        labels[name] = _ESCAPE.sub(lambda escape: "\n" if escape[1] == "n" else escape[1], found[2])
        position = found.end()
    # To Prometheus, a label with an empty value is the same as no label.
    return tuple(sorted((name, value) for name, value in labels.items() if value))
