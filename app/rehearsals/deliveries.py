"""Understand a delivery of alerts: the JSON that a monitoring tool posts.

Two shapes are understood without any setting: an object with a list `alerts` (Alertmanager, Grafana), and one
object that is an alert by itself (scripts, templates). The format belongs to others, so unknown keys are
ignored, and an alert that is not understood does not keep the others from being read. Everything is bounded:
texts are cut, lists end. Annotations, values and addresses are dropped.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.core.text import shorten
from app.core.timestamps import parse_timestamp
from app.models.alert import MAX_DELIVERY_BYTES, MAX_FINGERPRINT_LENGTH, MAX_PROBLEM_LENGTH
from app.values.matchers import MAX_LABEL_LENGTH, MAX_VALUE_LENGTH

MAX_ALERTS = 500
MAX_LABELS = 64
FIRING = frozenset(
    {
        "firing",
        "alerting",
        "triggered",
        "re-triggered",
        "renotify",
        "re-warn",
        "re-no data",
        "problem",
        "down",
        "critical",
        "warning",
        "warn",
        "open",
        "active",
        "no_data",
        "no data",
        "1",
        "true",
    }
)
"""The statuses of an alert that fires, in lower case."""
RESOLVED = frozenset(
    {"resolved", "ok", "recovered", "recovery", "up", "closed", "normal", "inactive", "0", "false"}
)
"""The statuses of an alert that does not, in lower case."""
NAME_LABEL = "alertname"
NAME_KEYS = (NAME_LABEL, "title", "name")
"""Where the name of an alert is, if its labels do not have it."""


class NotUnderstood(Exception):
    """Nothing of a delivery could be understood; the message says why."""


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert of a delivery; its times are those of the sender."""

    is_firing: bool
    fingerprint: str
    labels: dict[str, str]
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    @property
    def name(self) -> str:
        """The name of the alert rule, or an empty text."""
        return self.labels.get(NAME_LABEL, "")


@dataclass
class Delivery:
    """The alerts of a delivery, and what was not understood of it."""

    alerts: list[Alert] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def problem(self) -> str | None:
        """The problems in one line, or None."""
        return summarize(self.problems) if self.problems else None


def summarize(problems: list[str]) -> str:
    """Return the first problem, and how many more there are."""
    more = f" ({len(problems) - 1} more problems)" if len(problems) > 2 else ""
    first = " ".join(problems[:2]) if len(problems) == 2 else problems[0]
    return shorten(first, MAX_PROBLEM_LENGTH - len(more) - 1) + more


class _Skip(Exception):
    """One alert is not understood; the message says why."""


def understand(body: bytes, now: datetime) -> Delivery:
    """Return the alerts of a delivery that arrived at `now`.

    Raises:
        NotUnderstood: the body is no JSON, has none of the two shapes, or no alert of it is understood.
    """
    content = _parse(body)
    if not isinstance(content, dict):
        raise NotUnderstood("The body must be a JSON object with a list 'alerts', or one alert.")
    delivery = Delivery()
    for number, item in _find_alerts(content, delivery):
        try:
            delivery.alerts.append(_read_alert(item, content.get("status"), now, delivery))
        except _Skip as why:
            delivery.problems.append(f"Alert {number} was skipped: {why}.")
    if cut_off := _read_count(content.get("truncatedAlerts")):
        alerts_were = "alert was" if cut_off == 1 else "alerts were"
        delivery.problems.append(f"{cut_off} {alerts_were} cut off by the sender's max_alerts.")
    if not delivery.alerts:
        raise NotUnderstood(delivery.problem or "The list 'alerts' is empty.")
    return delivery


def _parse(body: bytes) -> Any:
    """Return the JSON of a body, with numbers as texts: they become labels, and are kept as written.

    Raises:
        NotUnderstood: the body is too large, or no JSON in UTF-8.
    """
    if len(body) > MAX_DELIVERY_BYTES:
        raise NotUnderstood(f"The body is too large. At most {MAX_DELIVERY_BYTES:,} bytes are allowed.")
    try:
        return _decoder.decode(body.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise NotUnderstood(f"The body is not UTF-8: {error.reason} at byte {error.start}.") from None
    except json.JSONDecodeError as error:
        detail = f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        raise NotUnderstood(detail) from None
    except RecursionError:
        raise NotUnderstood("The body is nested too deeply.") from None


_decoder = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)


def _find_alerts(content: dict[str, Any], delivery: Delivery) -> Iterator[tuple[int, Any]]:
    """Yield the alerts of a body with their numbers, counted from 1.

    Raises:
        NotUnderstood: there is no alert.
    """
    if "alerts" not in content:
        if not any(name in content for name in ("labels", *NAME_KEYS)):
            raise NotUnderstood(
                "The body has neither a list 'alerts', nor 'labels', nor 'alertname', 'title' or 'name'."
            )
        yield 1, content
        return
    items = content["alerts"]
    if not isinstance(items, list):
        raise NotUnderstood("'alerts' must be a list.")
    if len(items) > MAX_ALERTS:
        delivery.problems.append(f"Only the first {MAX_ALERTS} of {len(items):,} alerts were read.")
    yield from enumerate(items[:MAX_ALERTS], start=1)


def _read_alert(item: Any, common_status: Any, now: datetime, delivery: Delivery) -> Alert:
    """Return one alert.

    Raises:
        _Skip: it is not understood.
    """
    if not isinstance(item, dict):
        raise _Skip("it is not an object")
    is_firing = _read_status(item.get("status", common_status))
    labels = _read_labels(item, delivery)
    if not labels:
        raise _Skip("it has neither labels nor a name")
    fingerprint = _to_text(item.get("fingerprint")) or ""
    if not 0 < len(fingerprint) <= MAX_FINGERPRINT_LENGTH:
        fingerprint = compute_fingerprint(labels)
    ends_at = None if is_firing else _read_time(item, "endsAt", "ends_at")
    if ends_at is not None and ends_at > now:
        ends_at = None  # not an end, but when the sender would give the alert up
    return Alert(is_firing, fingerprint, labels, _read_time(item, "startsAt", "starts_at"), ends_at)


def compute_fingerprint(labels: dict[str, str]) -> str:
    """Return what identifies an alert whose sender does not say: a hash of its labels."""
    canonical = json.dumps(labels, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def _read_status(value: Any) -> bool:
    """Return whether a status means that the alert fires.

    Raises:
        _Skip: the status is missing or unknown.
    """
    text = _to_text(value)
    if text is None:
        raise _Skip("it has no status")
    word = text[:MAX_LABEL_LENGTH].strip().casefold()
    if word in FIRING:
        return True
    if word in RESOLVED:
        return False
    raise _Skip(f"status {shorten(text, 40)!r} is not known")


def _read_labels(item: dict[str, Any], delivery: Delivery) -> dict[str, str]:
    """Return the labels of an alert, with its name as the label `alertname`."""
    labels: dict[str, str] = {}
    given = item.get("labels", {})
    if not isinstance(given, dict):
        delivery.problems.append("The labels of an alert are no object, and were left out.")
        given = {}
    for label, value in given.items():
        name, text = _clean(label, MAX_LABEL_LENGTH), _to_text(value)
        if not name or text is None:
            continue
        if len(labels) == MAX_LABELS:
            delivery.problems.append(f"Only the first {MAX_LABELS} labels of an alert were kept.")
            break
        labels[name] = text
    if NAME_LABEL not in labels:
        labels |= _find_name(item)
    return labels


def _find_name(item: dict[str, Any]) -> dict[str, str]:
    """Return the name of an alert that is no label, as a label."""
    names = (_to_text(item.get(key)) for key in NAME_KEYS)
    return next(({NAME_LABEL: name} for name in names if name), {})


def _to_text(value: Any) -> str | None:
    """Return a text, number or boolean as the text of a label; None for anything else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return _clean(value, MAX_VALUE_LENGTH) if isinstance(value, str) else None


def _clean(text: str, max_length: int) -> str:
    """Return a text that both databases can store: cut, without NUL and halves of surrogate pairs."""
    text = text[:max_length]
    return text if text.isascii() and "\0" not in text else _replace_unstorable(text)


def _replace_unstorable(text: str) -> str:
    return text.replace("\0", "").encode(errors="replace").decode()


def _read_time(item: dict[str, Any], *keys: str) -> datetime | None:
    """Return the first of these times that is one; None for the year 1, which senders use for `never`."""
    for key in keys:
        if isinstance(value := item.get(key), str):
            try:
                return parse_timestamp(value)
            except ValueError:
                continue
    return None


def _read_count(value: Any) -> int:
    return (
        int(value)
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10
        else 0
    )
