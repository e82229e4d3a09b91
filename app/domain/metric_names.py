"""Names of Prometheus series: the default name of a field, and the notation of one that its author gave.

Names stay within the classic character set, `[a-zA-Z_:][a-zA-Z0-9_:]*`: it is valid for every version of
Prometheus and every parser (https://prometheus.io/docs/concepts/data_model/).
"""

import re
import unicodedata

from app.values import ValueKind, get_spec

PREFIX = "spikecast_"
SPIKE_PREFIX = f"{PREFIX}spike_"
"""Names that begin like this belong to Spikecast's own series about the active spike."""
RESERVED_SUFFIXES = ("_total", "_created", "_bucket", "_sum", "_count", "_gsum", "_gcount", "_info")
"""Suffixes with a meaning; the name of a gauge must not end with one (OpenMetrics 1.0, "Suffixes")."""
COUNTER, GAUGE, INFO = "counter", "gauge", "info"
TEXT_LABEL = "value"
"""The label that holds a text; its series has the value 1."""
_SUFFIXES = {COUNTER: "_total", INFO: "_info", GAUGE: ""}

_SIGN_WORDS = {
    "°C": " celsius ",
    "°F": " fahrenheit ",
    "°": " degrees ",
    "%": " percent ",
    "€": " euros ",
    "$": " dollars ",
    "#": " number ",
    "Ω": " ohms ",
    "µ": "u",
    "μ": "u",
    "²": "2",
    "³": "3",
}
_SIGN = re.compile("|".join(map(re.escape, sorted(_SIGN_WORDS, key=len, reverse=True))), re.IGNORECASE)
_WORDS = {sign.casefold(): word for sign, word in _SIGN_WORDS.items()}
_CAMEL_CASE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SEPARATORS = re.compile(r"[^a-z0-9]+")


def get_metric_type(value_type: str) -> str:
    """Return the type of the metric that fields of a value type become: `counter`, `gauge` or `info`."""
    spec = get_spec(value_type)
    if spec.value_kind is ValueKind.TEXT:
        return INFO
    return COUNTER if spec.direction > 0 else GAUGE  # a counter of Prometheus never goes down


def build_default_name(field_name: str, field_id: int, metric_type: str) -> str:
    """Return the name of a field's series: `engine °C` becomes `spikecast_engine_celsius`.

    Args:
        field_name: the field's name, in any script.
        field_id: stands in for a name of which no ASCII letter or digit is left.
        metric_type: `counter`, `gauge` or `info`, which decides the suffix.
    """
    base = convert_to_snake_case(field_name) or f"field_{field_id}"
    suffix = _SUFFIXES[metric_type]
    if suffix and f"_{base}".endswith(suffix):
        suffix = ""
    elif not suffix and (
        f"_{base}".endswith(RESERVED_SUFFIXES) or f"{PREFIX}{base}".startswith(SPIKE_PREFIX)
    ):
        suffix = "_value"
    return f"{PREFIX}{base}{suffix}"


def convert_to_snake_case(name: str) -> str:
    """Return `name` in lower-case ASCII words joined by underscores; signs of units become words."""
    text = _SIGN.sub(lambda found: _WORDS[found[0].casefold()], unicodedata.normalize("NFC", name))
    text = _CAMEL_CASE.sub("_", text).casefold()
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _SEPARATORS.sub("_", ascii_text).strip("_")


def escape_label_value(text: str) -> str:
    """Return `text` as it stands between the quotes of a label's value."""
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
