"""Content negotiation of a poll: which format answers which `Accept` header.

JSON is the default. The classic Prometheus text format wins over OpenMetrics wherever a client takes both,
even if it prefers OpenMetrics: names of series must not depend on the scraper, and OpenMetrics drops `_total`
from the metadata of a counter. A poll is never refused with 406.
"""

from typing import NamedTuple

JSON, PROMETHEUS, OPENMETRICS = "json", "prometheus", "openmetrics"
MAX_ACCEPT_LENGTH = 1000
"""Characters of an `Accept` header that is read; a longer one is answered with JSON."""


class _Rank(NamedTuple):
    """How much a client wants a media type: by quality, then by its place in the list."""

    quality: float
    place: int


def negotiate(accept: str) -> str:
    """Return the name of the format for an `Accept` header; empty where the request has none."""
    if len(accept) > MAX_ACCEPT_LENGTH:
        return JSON
    best: dict[str, _Rank] = {}
    for place, item in enumerate(accept.split(",")):
        media_type, quality = _parse_item(item)
        kind = _KINDS.get(media_type)
        if kind and quality > 0:
            best[kind] = max(best.get(kind, _NEVER), _Rank(quality, -place))
    if OPENMETRICS in best or "protobuf" in best:  # only scrapers list these
        return OPENMETRICS if OPENMETRICS in best and PROMETHEUS not in best else PROMETHEUS
    return PROMETHEUS if best.get(PROMETHEUS, _NEVER) > best.get(JSON, _NEVER) else JSON


_NEVER = _Rank(0.0, 0)
_KINDS = {
    "text/plain": PROMETHEUS,
    "application/openmetrics-text": OPENMETRICS,
    "application/vnd.google.protobuf": "protobuf",
    "application/json": JSON,
    "application/*": JSON,
    "*/*": JSON,
}


def _parse_item(item: str) -> tuple[str, float]:
    """Return the media type and the quality (0 to 1) of one item; a quality that is no number counts as 0."""
    media_type, *parameters = (part.strip() for part in item.lower().split(";"))
    quality = 1.0
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            quality = _parse_quality(value.strip())
    return media_type, quality


def _parse_quality(text: str) -> float:
    try:
        quality = float(text)
    except ValueError:
        return 0.0
    return min(max(quality, 0.0), 1.0) if quality == quality else 0.0  # NaN is not equal to itself
