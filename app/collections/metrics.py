"""The series of Prometheus that a field's author gives: no two fields of a collection may write the same."""

import sqlalchemy as sa

from app.core.errors import Conflict
from app.db.session import db
from app.domain.metric_names import INFO, TEXT_LABEL, get_metric_type
from app.domain.series_notation import parse_series
from app.models import Field


def find_metric_error(metric: str | None, value_type: str) -> str | None:
    """Return what is wrong with a series for a field of this value type, or None."""
    if metric is None or get_metric_type(value_type) != INFO:
        return None
    if TEXT_LABEL in dict(parse_series(metric).labels):
        return f"must not have the label {TEXT_LABEL}: it holds the text"
    return None


def require_unique_metric(field: Field) -> None:
    """Check a field's series against those of the other fields; the caller has locked the collection.

    Raises:
        Conflict: another field of the collection and type has the same series, or has the same metric name
            and another type of metric: in Prometheus all series of one name have one type.
    """
    if field.metric is None:
        return
    name, type_ = parse_series(field.metric).name, get_metric_type(field.value_type)
    given = sa.type_coerce(Field.metric, sa.String)  # NULLs are excluded below
    others = sa.select(Field.field_name, Field.value_type, given).where(
        Field.collection_id == field.collection_id,
        Field.collection_type == field.collection_type,
        Field.id != (field.id or 0),
        Field.metric.is_not(None),
    )
    with db.session.no_autoflush:
        found = db.session.execute(others.order_by(Field.id)).all()
    for other_name, value_type, metric in found:
        other_type = get_metric_type(value_type)
        if metric == field.metric:
            detail = f"The field {other_name!r} has the metric {metric} already."
            message = f"is the metric of the field {other_name!r}"
        elif parse_series(metric).name == name and other_type != type_:
            detail = (
                f"The metric {name} is a {other_type} in the field {other_name!r}, and would be a {type_} "
                "here. All series of one metric have one type: choose another name or value type."
            )
            message = f"is a {other_type} in the field {other_name!r}"
        else:
            continue
        raise Conflict(detail, problem_type="metric-taken", errors={"metric": [message]})
