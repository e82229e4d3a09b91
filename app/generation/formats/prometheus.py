"""The Prometheus text format 0.0.4 and OpenMetrics 1.0, as templates into which a poll's numbers are put.

Everything but the numbers is the same for every poll of a plan, so it is written once: a template takes a
few microseconds for each poll, where a client library takes milliseconds.

Sources: https://prometheus.io/docs/instrumenting/exposition_formats/ and
https://prometheus.io/docs/specs/om/open_metrics_spec/ (OpenMetrics 1.0).
"""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from app.domain.metric_names import (
    COUNTER,
    GAUGE,
    INFO,
    SPIKE_PREFIX,
    TEXT_LABEL,
    build_default_name,
    escape_label_value,
    get_metric_type,
)
from app.domain.series_notation import parse_series
from app.generation.formats.template import Template, build_renderer, escape_pattern, get_text
from app.generation.plan import Spike
from app.generation.poll_result import PollResult
from app.values import CollectionType

PROMETHEUS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"
MAX_TEXT_LENGTH = 1000
"""Characters of a text that become a label's value."""
MAX_HELP_NAMES = 4
"""Fields that the HELP line of a family names."""
UNKNOWN = "unknown"
UNITS = (
    "seconds", "bytes", "celsius", "ratio", "meters", "volts", "amperes", "joules", "grams", "percent",
)  # fmt: skip
"""Units that OpenMetrics declares for a family whose name ends with one."""
_CLASSIC_TYPES = {INFO: GAUGE, UNKNOWN: "untyped"}
_DERIVED_SUFFIXES = ("", "_total", "_created", "_info")


class MetricField(NamedTuple):
    """What a format needs to know of a field."""

    id: int
    name: str
    metric_type: str
    """`counter`, `gauge` or `info`: a text, which becomes a label."""
    text: str | None = None
    """The value of a text."""
    metric: str | None = None
    """The series that its author gave: `name` or `name{label="value"}`."""


class ActiveSpike(NamedTuple):
    """The spike of which the answer tells; times in seconds since 1970."""

    id: int
    name: str
    start: float
    end: float


class FieldSeries(NamedTuple):
    """A field's series: the metric's name, and its labels as they stand between the braces."""

    field: MetricField
    name: str
    labels: str


def build_template(
    fields: Iterable[MetricField], spike: ActiveSpike | None, *, openmetrics: bool, spike_series: bool
) -> Template:
    """Return the template of a collection's answer.

    Args:
        fields: in the order in which they were created, which decides the order of the families.
        spike: the active spike, if any.
        openmetrics: OpenMetrics 1.0 instead of the text format 0.0.4.
        spike_series: whether the answer tells if a spike is active.
    """
    families = _group_families(fields)
    taken = {*families, f"{SPIKE_PREFIX}active"}
    lines: list[str] = []
    names: list[str] = []
    for name, members in families.items():
        lines += _format_header(name, members, taken, openmetrics=openmetrics)
        for field, _name, labels in members:
            if field.metric_type == INFO:
                text = f'{TEXT_LABEL}="{escape_label_value((field.text or "")[:MAX_TEXT_LENGTH])}"'
                lines.append(escape_pattern(f"{name}{{{labels and labels + ','}{text}}} 1"))
            else:
                lines.append(escape_pattern(name + (labels and f"{{{labels}}}")) + " %b")
                names.append(field.name)
    if spike_series:
        lines += map(escape_pattern, _format_spike(spike, openmetrics=openmetrics))
    if openmetrics:
        lines.append("# EOF")
    return Template(names, "".join(f"{line}\n" for line in lines).encode())


def name_series(fields: Iterable[MetricField]) -> list[FieldSeries]:
    """Return the series of each field, in the same order.

    Where several fields come to one name, those without a series of their own get a label: the field's name,
    or its id if another field's own series has that label already.
    """
    named = [FieldSeries(field, *_get_series(field)) for field in fields]
    counts = Counter(each.name for each in named)
    own = {(each.name, each.labels) for each in named if each.field.metric}
    return [each if each.field.metric or counts[each.name] == 1 else _add_label(each, own) for each in named]


def _add_label(series: FieldSeries, own: Container[tuple[str, str]]) -> FieldSeries:
    labels = f'field="{escape_label_value(series.field.name)}"'
    if (series.name, labels) in own:
        labels = f'field_id="{series.field.id}"'
    return series._replace(labels=labels)


def _group_families(fields: Iterable[MetricField]) -> dict[str, list[FieldSeries]]:
    """Return the series by family: all lines of one family stand together, in both formats."""
    families: dict[str, list[FieldSeries]] = {}
    for each in name_series(fields):
        families.setdefault(each.name, []).append(each)
    for members in families.values():
        if len(members) > 1:
            # A series must not come twice; texts differ by their values' label as well.
            members[:] = {(each.labels, each.field.text): each for each in reversed(members)}.values()
            members.reverse()
    return families


def _get_series(field: MetricField) -> tuple[str, str]:
    """Return the name and the labels of a field's series."""
    if field.metric is None:
        return build_default_name(field.name, field.id, field.metric_type), ""
    series = parse_series(field.metric)
    return series.name, series.format_labels()


def _format_header(
    name: str, members: Sequence[FieldSeries], taken: set[str], *, openmetrics: bool
) -> Iterable[str]:
    """Yield the TYPE and HELP lines of a family."""
    types = {each.field.metric_type for each in members}
    type_ = types.pop() if len(types) == 1 else UNKNOWN
    family = name
    if openmetrics:
        family, type_ = _get_openmetrics_family(name, type_, taken)
    else:
        type_ = _CLASSIC_TYPES.get(type_, type_)
    about = "; ".join(each.field.name for each in members[:MAX_HELP_NAMES])
    about += "; …" if len(members) > MAX_HELP_NAMES else ""
    yield f"# TYPE {family} {type_}"
    unit = family.rpartition("_")[2]
    if openmetrics and type_ in {GAUGE, COUNTER} and unit in UNITS and family != unit:
        yield f"# UNIT {family} {unit}"
    yield escape_pattern(f"# HELP {family} {_escape_help(about, openmetrics=openmetrics)}")


def _get_openmetrics_family(name: str, type_: str, taken: set[str]) -> tuple[str, str]:
    """Return the name of a family in OpenMetrics, and its type.

    A counter's family is called without `_total`, that of texts without `_info`. If the series has no such
    suffix, or another family would clash with the short name, the type is `unknown` or `gauge`: so the series
    are the same in both formats.
    """
    suffix = {COUNTER: "_total", INFO: "_info"}.get(type_)
    if suffix is None:
        return name, type_
    family = name.removesuffix(suffix)
    others = taken - {name}
    if family == name or not family or any(f"{family}{derived}" in others for derived in _DERIVED_SUFFIXES):
        return name, UNKNOWN if type_ == COUNTER else GAUGE
    return family, type_


def _format_spike(spike: ActiveSpike | None, *, openmetrics: bool) -> Iterable[str]:
    """Yield the lines of Spikecast's own series: whether a spike is active and, while one is, its window."""
    name = f"{SPIKE_PREFIX}active"
    yield f"# TYPE {name} gauge"
    yield f"# HELP {name} Whether a spike is active: 1 or 0"
    yield f"{name} {int(spike is not None)}"
    if spike is None:
        return
    labels = f'{{schedule="{spike.id}",name="{escape_label_value(spike.name)}"}}'
    edges = (
        ("start", spike.start, "When the active spike began"),
        ("end", spike.end, "When the active spike ends"),
    )
    for edge, seconds, about in edges:
        name = f"{SPIKE_PREFIX}{edge}_timestamp_seconds"
        yield f"# TYPE {name} gauge"
        if openmetrics:
            yield f"# UNIT {name} seconds"
        yield f"# HELP {name} {about}"
        yield f"{name}{labels} {seconds!r}"


def _escape_help(text: str, *, openmetrics: bool) -> str:
    text = text.replace("\\", r"\\").replace("\n", r"\n")
    return text.replace('"', r"\"") if openmetrics else text


def _build(result: PollResult, *, openmetrics: bool) -> Template:
    return build_template(
        _get_metric_fields(result),
        _get_active_spike(result.spike),
        openmetrics=openmetrics,
        spike_series=result.collection_type is CollectionType.PERFORMANCE,
    )


def _get_metric_fields(result: PollResult) -> Iterator[MetricField]:
    layout = result.layout
    for name, id_, value_type in zip(result.data, layout.field_ids, layout.value_types, strict=True):
        metric_type = get_metric_type(value_type)
        yield MetricField(id_, name, metric_type, get_text(result, name), layout.metrics.get(id_))


def _get_active_spike(spike: Spike | None) -> ActiveSpike | None:
    if spike is None:
        return None
    return ActiveSpike(spike.id, spike.name, spike.starts.timestamp(), spike.ends.timestamp())


render = build_renderer("prometheus", PROMETHEUS_TYPE, partial(_build, openmetrics=False))
render_openmetrics = build_renderer("openmetrics", OPENMETRICS_TYPE, partial(_build, openmetrics=True))
