"""The Prometheus series of a collection's fields, for pages and snippets.

`domain.metric_names` makes the names, and `formats.prometheus` tells fields of one name apart.
"""

from typing import Any, NamedTuple

import sqlalchemy as sa

from app.db import transactions
from app.db.session import db
from app.domain.metric_names import get_metric_type
from app.domain.series_notation import Series, parse_series
from app.generation.formats.prometheus import FieldSeries, MetricField, name_series
from app.models import Actor, Collection, Field
from app.values import CollectionType, get_spec

TARGET_LABELS = frozenset({"collection_id", "instance", "job", "type"})
"""The labels that discovery gives to each target, and Prometheus itself."""


class SeriesInfo(NamedTuple):
    """A field's series, and the bounds of its values; None where there are none."""

    field_id: int
    field_name: str
    metric_type: str
    series: str
    selector: str
    lowest: Any
    highest: Any


def list_series(actor: Actor, collection_id: int, collection_type: CollectionType) -> list[SeriesInfo]:
    """Return the series of each field of this type, in the order of the fields.

    Raises:
        NotFound: the collection does not exist for this actor.
    """
    transactions.begin(writes=False)
    collection = Collection.get_for(actor, collection_id)
    query = sa.select(Field).where(
        Field.collection_id == collection.id, Field.collection_type == collection_type
    )
    fields = db.session.scalars(query.order_by(Field.id)).all()
    named = name_series(_make_metric_field(field) for field in fields)
    return [_describe(*pair) for pair in zip(fields, named, strict=True)]


def _make_metric_field(field: Field) -> MetricField:
    return MetricField(field.id, field.field_name, get_metric_type(field.value_type), metric=field.metric)


def _describe(field: Field, series: FieldSeries) -> SeriesInfo:
    """Return the series with its selector: all labels that it has once discovery has found the collection."""
    lowest, highest = get_spec(field.value_type).bounds(field.settings) or (None, None)
    own_labels = series.labels if field.metric is None else _rename_target_labels(field.metric)
    labels = f'collection_id="{field.collection_id}"'
    return SeriesInfo(
        field.id,
        field.field_name,
        series.field.metric_type,
        series.name + (series.labels and f"{{{series.labels}}}"),
        f"{series.name}{{{own_labels and own_labels + ','}{labels}}}",
        lowest,
        highest,
    )


def _rename_target_labels(metric: str) -> str:
    """Return the labels of a field's own series as Prometheus stores them.

    It prefixes labels that the target has too:
    https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config (`honor_labels`).
    """
    series = parse_series(metric)
    renamed = (
        (f"exported_{name}" if name in TARGET_LABELS else name, value) for name, value in series.labels
    )
    return Series(series.name, tuple(renamed)).format_labels()
